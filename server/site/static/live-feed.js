// What happens, told in sentences, newest first.
"use strict";

const MOST_ENTRIES = 100;
// So many logins or logouts at once are told as one.
const MOST_NAMED = 5;

const PARTS = {
  results: new Set(["score", "game_finished"]),
  lobbies: new Set(["lobby_opened", "lobby_closed", "game_started", "game_finished"]),
  people: new Set(["login", "logout"]),
};

class Feed {
  constructor() {
    this._list = by("feed");
    this._only = by("only");
    this._pause = by("pause");
    this._waiting = []; // oldest first: {kind, at, data}
    this._missed = 0;
    this._paused = false;
    this._only.addEventListener("change", () => this._filter());
    this._pause.addEventListener("click", () => this._turn());
  }

  // Take something down, to be shown with the next frame.
  add(kind, at, data) {
    this._waiting.push({ kind, at, data });
    // Those who came and went are counted only, so a few more of them may wait.
    if (this._waiting.length > 20 * MOST_ENTRIES) this._waiting.splice(0, 10 * MOST_ENTRIES);
  }

  // Show what waits; whether there is anything more to do without further events.
  show() {
    if (this._paused) {
      const count = together(this._waiting.filter((each) => this._fits(each.kind))).length;
      setText(this._pause, count ? `Go on (${Math.min(count, MOST_ENTRIES)} new)` : "Go on");
      return;
    }
    if (!this._waiting.length) return;
    const told = together(this._waiting.filter((each) => this._fits(each.kind))).slice(-MOST_ENTRIES);
    this._waiting = [];
    this._list.prepend(...told.reverse().map(entry));
    while (this._list.children.length > MOST_ENTRIES) this._list.lastElementChild.remove();
    this._say();
  }

  _fits(kind) {
    return this._only.value === "" || PARTS[this._only.value].has(kind);
  }

  _filter() {
    for (const element of [...this._list.children]) if (!this._fits(element.dataset.kind)) element.remove();
    this.show();
    this._say();
  }

  _turn() {
    this._paused = !this._paused;
    this._pause.setAttribute("aria-pressed", String(this._paused));
    setText(this._pause, this._paused ? "Go on" : "Pause");
    this.show();
  }

  _say() {
    by("no-feed").hidden = this._list.children.length > 0;
  }
}

// Many logins at once become one entry, as do many logouts.
function together(waiting) {
  const told = [];
  for (const kind of ["login", "logout"]) {
    const same = waiting.filter((each) => each.kind === kind);
    if (same.length <= MOST_NAMED) continue;
    waiting = waiting.filter((each) => each.kind !== kind);
    told.push({ kind, at: same.at(-1).at, data: null, count: same.length });
  }
  return [...waiting, ...told].sort((one, other) => one.at - other.at);
}

function entry(happened) {
  const { kind, at, data, count } = happened;
  const many = `${whole.format(count)} players ${kind === "login" ? "logged in" : "logged out"}`;
  const element = made("li", "entry", madeTime(at), made("div", "", ...(count ? [many] : TOLD[kind](data))));
  if (kind === "game_finished" && !data.aborted && data.scores.length) element.append(...outcome(data));
  element.dataset.kind = kind;
  return element;
}

function strong(text) {
  return made("strong", "", text);
}

function madeMap(id, md5, name, mods) {
  const word = name || mapName(id, md5);
  return made("span", "on", word ? made("span", "map", word) : null, " ", madeMods(mods));
}

const TOLD = {
  login: (player) => [strong(player.name), " logged in"],
  logout: (player) => [
    strong(player.name),
    player.reason === "lost" ? " is gone: their game server fell silent" : " logged out",
  ],
  plays: (player) => [
    strong(player.name),
    " plays ",
    madeMap(player.map_id, player.map_md5, player.info_text, player.mods),
  ],
  lobby_opened: (lobby) =>
    lobby.host
      ? [strong(lobby.host.name), " opened the lobby ", strong(lobby.name)]
      : ["The lobby ", strong(lobby.name), " opened"],
  lobby_closed: (lobby) => [
    "The lobby ",
    strong(lobby.name),
    lobby.reason === "lost" ? " is gone: its game server fell silent" : " closed",
  ],
  game_started: (lobby) => [
    "A game began in ",
    strong(lobby.name),
    ": ",
    madeMap(lobby.map_id, lobby.map_md5, lobby.map_name, lobby.mods),
  ],
  game_finished: (game) => [
    game.aborted ? "A game was broken off in " : "A game ended in ",
    strong(game.name),
    ": ",
    madeMap(game.map_id, game.map_md5, game.map_name, game.mods),
  ],
  score: (score) => {
    const facts = [`${percent.format(score.accuracy)}%`, whole.format(score.score)];
    if (score.pp !== null && score.passed) facts.splice(1, 0, `${whole.format(score.pp)}pp`);
    return [
      strong(score.player.name),
      score.passed ? " scored " : " failed ",
      madeMap(score.map_id, score.map_md5, "", score.mods),
      made("p", "facts", madeGrade(score.grade), facts.join(" · ")),
    ];
  },
};

function worth(game, score) {
  if (game.win_condition === BY_ACCURACY) return score.accuracy;
  return game.win_condition === BY_COMBO ? score.max_combo : score.score;
}

function outcome(game) {
  return [results(game), teamTotals(game)].filter(Boolean);
}

function results(game) {
  const combo = game.win_condition === BY_COMBO;
  const head = made("tr", "", ...["Player", "Grade", "Accuracy", combo ? "Combo" : "Score"].map(madeHead));
  const ranked = [...game.scores].sort((one, other) => worth(game, other) - worth(game, one));
  const rows = ranked.map((score) => {
    const name = made("th", "name", score.player.name);
    name.scope = "row";
    if (game.free_mods && score.mods !== game.mods) name.append(" ", madeMods(score.mods) ?? "");
    if (score.team) name.append(unseen(`, ${TEAMS[score.team] ?? "no"} team`));
    const value = combo ? `${whole.format(score.max_combo)}×` : whole.format(score.score);
    const row = made(
      "tr",
      "",
      name,
      made("td", "", score.passed ? madeGrade(score.grade) : madeGrade("F")),
      made("td", "figure", `${percent.format(score.accuracy)}%`),
      made("td", "figure", value),
    );
    if (score.team) row.dataset.team = (TEAMS[score.team] ?? "").toLowerCase();
    return row;
  });
  const caption = made("caption", "unseen", "Results");
  return made("table", "results", caption, made("thead", "", head), made("tbody", "", ...rows));
}

function madeHead(word) {
  const element = made("th", "quiet", word);
  element.scope = "col";
  return element;
}

// In VS the sums of both teams, where the score decides.
function teamTotals(game) {
  if (game.team_type < 2 || game.win_condition === BY_ACCURACY || game.win_condition === BY_COMBO) return null;
  const sums = [1, 2].map((team) =>
    game.scores.filter((score) => score.team === team).reduce((sum, score) => sum + score.score, 0),
  );
  if (!sums[0] && !sums[1]) return null;
  const verdict = sums[0] === sums[1] ? "A draw" : `${TEAMS[sums[0] > sums[1] ? 1 : 2]} won`;
  const [more, less] = [Math.max(...sums), Math.min(...sums)].map(whole.format);
  return made("p", "facts", strong(verdict), `, ${more} to ${less}`);
}
