// The list of players and the cards of lobbies. Only what has changed is touched, once a frame.
"use strict";

const by = (id) => document.getElementById(id);
const names = new Intl.Collator("en", { numeric: true });

// What beatmaps are called, as statuses and lobbies have told: by id and by checksum.
const mapNames = new Map();
const MOST_NAMES = 5000;

function learnMap(id, md5, name) {
  if (!name) return;
  if (mapNames.size > MOST_NAMES) mapNames.clear();
  if (id > 0) mapNames.set(id, name);
  if (md5) mapNames.set(md5, name);
}

function mapName(id, md5) {
  return mapNames.get(id) || mapNames.get(md5) || (id > 0 ? `beatmap ${id}` : "");
}

function mapOf(player) {
  return player.info_text || (WITH_MAP.has(player.action) ? mapName(player.map_id, player.map_md5) : "");
}

class PlayerList {
  constructor() {
    this._rows = new Map(); // by id: the player, their element and its parts
    this._order = []; // rows as they stand in the list
    this._list = by("players");
    this._filters = { text: by("text"), mode: by("mode"), country: by("country") };
    this._countries = new Set();
    for (const [mode, word] of MODES) this._filters.mode.append(new Option(word, mode));
    for (const filter of Object.values(this._filters)) filter.addEventListener("input", () => this._filter());
  }

  // Show all of these and nobody else.
  replace(players) {
    const rows = [...players.values()].map((player) => this._rows.get(player.id) ?? this._make(player));
    this._rows = new Map(rows.map((row) => [row.player.id, row]));
    for (const row of rows) this._update(row, players.get(row.player.id));
    this._order = rows.sort(inOrder);
    this._list.replaceChildren(...rows.map((row) => row.element));
    this._count();
  }

  // Show what is true now of those whose ids are given.
  change(ids, players) {
    for (const id of ids) {
      const row = this._rows.get(id);
      const player = players.get(id);
      if (row && (!player || row.player.name !== player.name)) this._remove(row);
      if (!player) continue;
      const shown = this._rows.get(id);
      if (shown) this._update(shown, player);
      else this._insert(player);
    }
    this._count();
  }

  _insert(player) {
    const row = this._make(player);
    this._update(row, player);
    this._rows.set(player.id, row);
    const place = this._place(row);
    this._list.insertBefore(row.element, this._order[place]?.element ?? null);
    this._order.splice(place, 0, row);
  }

  _remove(row) {
    row.element.remove();
    this._rows.delete(row.player.id);
    this._order.splice(this._place(row), 1);
  }

  // Where a row stands, or is to stand.
  _place(row) {
    let low = 0;
    let high = this._order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (inOrder(this._order[middle], row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  _make(player) {
    const parts = {
      country: made("span"),
      name: made("span", "name"),
      act: made("span"),
      map: made("span", "map"),
      mods: made("span"),
      mode: made("span", "mode"),
      since: made("time", "since quiet"),
    };
    const who = made("span", "who", parts.country, parts.name);
    const act = made("span", "act", parts.act, parts.mods);
    return { player, parts, element: made("li", "player", who, act, parts.map, parts.mode, parts.since), shown: {} };
  }

  _update(row, player) {
    const { parts, shown } = row;
    row.player = player;
    const map = mapOf(player);
    const mods = WITH_MAP.has(player.action) || player.action === IN_LOBBY ? player.mods : 0;
    const now = { country: player.country, mods, playing: player.action === PLAYING || player.action === 12 };
    if (shown.country !== now.country) {
      const country = madeCountry(player.country);
      parts.country.replaceWith(country);
      parts.country = country;
      this._meet(player.country);
    }
    if (shown.mods !== now.mods) {
      const element = madeMods(mods) ?? made("span");
      parts.mods.replaceWith(element);
      parts.mods = element;
    }
    if (shown.playing !== now.playing) row.element.classList.toggle("playing", now.playing);
    setText(parts.name, player.name);
    setText(parts.act, actionWord(player.action));
    if (parts.map.textContent !== map) parts.map.textContent = parts.map.title = map;
    setText(parts.mode, modeWord(player.mode));
    setTime(parts.since, player.login_time, "since ");
    row.shown = now;
    row.text = `${player.name}\n${map}`.toLowerCase();
    row.element.hidden = !this._fits(row);
  }

  // A country that nobody was from before can be chosen from now on.
  _meet(code) {
    if (this._countries.has(code)) return;
    this._countries.add(code);
    const option = new Option(countryWord(code), code);
    const after = [...this._filters.country.options].find(
      (each) => each.value && names.compare(each.text, option.text) > 0,
    );
    this._filters.country.add(option, after ?? null);
  }

  _fits({ player, text }) {
    const { text: words, mode, country } = this._filters;
    return (
      (mode.value === "" || player.mode === Number(mode.value)) &&
      (country.value === "" || player.country === country.value) &&
      text.includes(words.value.trim().toLowerCase())
    );
  }

  _filter() {
    for (const row of this._order) row.element.hidden = !this._fits(row);
    this._count();
    setText(by("found"), by("shown").textContent);
  }

  _count() {
    const all = this._order.length;
    const fitting = this._order.reduce((count, row) => count + !row.element.hidden, 0);
    setText(by("shown"), fitting < all ? `${whole.format(fitting)} of ${whole.format(all)} shown` : "");
    setText(by("count-players"), whole.format(all));
    setText(by("no-players"), all ? "Nobody online fits." : "Nobody is online.");
    by("no-players").hidden = fitting > 0;
    this._list.hidden = fitting === 0;
  }
}

function inOrder(one, other) {
  return names.compare(one.player.name, other.player.name) || one.player.id - other.player.id;
}

class LobbyCards {
  constructor() {
    this._cards = new Map();
    this._list = by("lobbies");
  }

  // Show these lobbies; the cards of those in `changed` anew.
  show(lobbies, changed) {
    for (const [key, card] of this._cards) {
      if (lobbies.has(key)) continue;
      card.remove();
      this._cards.delete(key);
    }
    const order = [...lobbies.values()].sort((one, other) => one.id - other.id || names.compare(one.key, other.key));
    for (const [place, lobby] of order.entries()) {
      let card = this._cards.get(lobby.key);
      if (!card) this._cards.set(lobby.key, (card = made("li", "card lobby")));
      if (!card.firstChild || changed.has(lobby.key)) card.replaceChildren(...lobbyParts(lobby));
      if (this._list.children[place] !== card) this._list.insertBefore(card, this._list.children[place] ?? null);
    }
    setText(by("count-lobbies"), whole.format(order.length));
    setText(by("count-games"), whole.format(order.filter((lobby) => lobby.in_progress).length));
    by("no-lobbies").hidden = order.length > 0;
  }
}

function lobbyParts(lobby) {
  const state = made("span", "badge", lobby.in_progress ? "In progress" : "Waiting");
  state.dataset.state = lobby.in_progress ? "on" : "off";
  if (lobby.in_progress && lobby.started_at) state.append(madeTime(lobby.started_at, " since "));
  const badges = made("p", "badges", state);
  if (lobby.is_scrimming) badges.append(made("span", "badge", "Scrim"));
  const map = mapOf({ info_text: lobby.map_name, action: PLAYING, map_id: lobby.map_id, map_md5: lobby.map_md5 });
  const rules = [
    modeWord(lobby.mode),
    TEAM_TYPES[lobby.team_type] ?? "",
    WIN_CONDITIONS[lobby.win_condition] ?? "",
    lobby.free_mods ? "free mods" : "",
  ].filter(Boolean);
  const parts = [
    made("div", "lobby-head", made("h3", "", lobby.name), badges),
    made("p", "map", map || "No beatmap chosen", " ", madeMods(lobby.mods)),
    made("p", "rules quiet", rules.join(" · ")),
  ];
  parts.push(...slotLists(lobby));
  const people = [];
  if (lobby.host) people.push(`Host: ${lobby.host.name}`);
  if (lobby.referees.length) people.push(`Referee${lobby.referees.length > 1 ? "s" : ""}: ${lobby.referees.map((each) => each.name).join(", ")}`);
  if (people.length) parts.push(made("p", "rules quiet", people.join(" · ")));
  return parts;
}

// The taken slots, in VS by team.
function slotLists(lobby) {
  if (!lobby.slots.length) return [made("p", "rules quiet", "Nobody is in it.")];
  const teams = lobby.team_type >= 2 ? [1, 2, 0] : [null];
  const lists = teams
    .map((team) => [team, lobby.slots.filter((slot) => team === null || slot.team === team)])
    .filter(([, slots]) => slots.length)
    .map(([team, slots]) => slotList(team, slots));
  return [made("div", lists.length > 1 ? "teams" : "", ...lists)];
}

function slotList(team, slots) {
  const list = made("ol", "slots", ...slots.map(madeSlot));
  const title = team ? made("h4", "team", TEAMS[team]) : null;
  const group = made("div", "", title, list);
  if (team) group.dataset.team = TEAMS[team].toLowerCase();
  return group;
}

function madeSlot(slot) {
  const word = slotWord(slot);
  const state = made("span", "state", word);
  state.dataset.state = word;
  const number = made("span", "number quiet", unseen("slot "), String(slot.number + 1));
  return made("li", "", number, made("span", "name", slot.player.name), madeMods(slot.mods), state);
}
