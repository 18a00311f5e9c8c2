// Follows the stream of events and keeps the page true. What is known is kept here; two other files show it.
"use strict";

const EVENTS = "/live/events";
const PAGE = 1000;
// Pages overlap, as whoever logs out while they are read moves the others up.
const STEP = 90;
const MOST_WAIT_SECONDS = 30;
// After so long without news the server is asked whether there can be any; less and less often.
const QUIET_SECONDS = 6;
const MOST_QUIET_SECONDS = 30;
// A page that nobody has looked at for so long follows no more until somebody does.
const UNSEEN_SECONDS = 60;
const PATIENCE_SECONDS = 8;

const NO_ANSWER = "The server does not answer.";

const players = new Map();
const lobbies = new Map();
const list = new PlayerList();
const cards = new LobbyCards();
const feed = new Feed();

// What to show with the next frame.
const changed = { players: new Set(), lobbies: new Set(), all: false, asked: false };

function show() {
  if (changed.asked) return;
  changed.asked = true;
  requestAnimationFrame(() => {
    changed.asked = false;
    if (changed.all) list.replace(players);
    else if (changed.players.size) list.change(changed.players, players);
    const anew = changed.all ? new Set(lobbies.keys()) : changed.lobbies;
    if (changed.all || anew.size) cards.show(lobbies, anew);
    changed.players.clear();
    changed.lobbies.clear();
    changed.all = false;
    feed.show();
  });
}

// Events as they change what is known; told in the feed is more, and less.

const KEPT = {
  login: known,
  status: known,
  logout(player) {
    players.delete(player.id);
    changed.players.add(player.id);
  },
  lobby_opened: open,
  lobby_changed: open,
  lobby_closed(gone) {
    lobbies.delete(gone.key);
    changed.lobbies.add(gone.key);
  },
  game_started: open,
  game_finished() {},
  score() {},
};

function known(player) {
  if (WITH_MAP.has(player.action)) learnMap(player.map_id, player.map_md5, player.info_text);
  players.set(player.id, player);
  changed.players.add(player.id);
}

function open(lobby) {
  learnMap(lobby.map_id, lobby.map_md5, lobby.map_name);
  lobbies.set(lobby.key, lobby);
  changed.lobbies.add(lobby.key);
}

// Told before it is kept, as what was known till then is part of the story.
function tell({ kind, at, data }) {
  if (kind === "status") {
    const before = players.get(data.id);
    const began = data.action === PLAYING && !(before?.action === PLAYING && before.map_md5 === data.map_md5);
    if (began) feed.add("plays", at, data);
  } else if (kind === "lobby_closed") {
    feed.add(kind, at, { ...data, name: lobbies.get(data.key)?.name ?? `no. ${data.id}` });
  } else if (kind === "score") {
    if (data.slot === null) feed.add(kind, at, data); // those of a game come with the game
  } else if (kind !== "lobby_changed") {
    feed.add(kind, at, data);
  }
}

function apply(happened) {
  tell(happened);
  KEPT[happened.kind](happened.data);
  show();
}

// The line to the server

const line = {
  source: null,
  last: null, // id of the last event that was heard
  heardAt: 0,
  quiet: QUIET_SECONDS,
  failures: 0,
  timer: 0,
  ready: false, // events follow
  live: false, // and what is shown is true
};

const store = {
  filled: false,
  loading: false,
  stale: true, // what is known may be wrong: ask for all of it
  waiting: [], // events that came while it is asked for
};

function say(state, text, again = false) {
  by("line").dataset.state = state;
  by("app").classList.toggle("old", state !== "live" && store.filled);
  setText(by("said"), text);
  by("again").hidden = !again;
}

function connect() {
  hangUp();
  if (!store.filled) say("connecting", "Connecting…");
  const after = line.last === null ? "" : `?last_event_id=${encodeURIComponent(line.last)}`;
  const source = (line.source = new EventSource(EVENTS + after));
  source.addEventListener("ready", (event) => {
    heard(event);
    line.ready = true;
    refresh();
  });
  source.addEventListener("gap", () => {
    store.stale = true;
    refresh();
  });
  for (const kind of Object.keys(KEPT)) {
    source.addEventListener(kind, (event) => {
      heard(event);
      take(kind, event);
    });
  }
  // Coming again is done here, with longer and longer pauses, and with a word on what is wrong.
  source.addEventListener("error", () => fail(null));
}

function hangUp() {
  clearTimeout(line.timer);
  line.source?.close();
  line.source = null;
  line.ready = line.live = false;
}

function heard(event) {
  line.last = event.lastEventId || line.last;
  line.heardAt = Date.now();
  line.quiet = QUIET_SECONDS;
}

function take(kind, event) {
  // The id begins with the moment, in ms.
  const happened = { kind, at: Number.parseInt(event.lastEventId, 10) / 1000, data: JSON.parse(event.data) };
  if (store.loading || store.stale) store.waiting.push(happened);
  else apply(happened);
}

async function fail(reason) {
  const wasLive = line.live;
  hangUp();
  if (wasLive) say("away", "The connection was lost. Connecting again…");
  reason ??= await trouble();
  if (line.source) return; // somebody has connected meanwhile
  const most = Math.min(MOST_WAIT_SECONDS, 2 ** line.failures);
  const wait = most * (0.6 + 0.4 * Math.random());
  line.failures += 1;
  if (reason === null) {
    // It would answer now.
    clearTimeout(line.timer);
    line.timer = setTimeout(connect, wait * 1000);
    return;
  }
  const shown = store.filled ? " What is shown is not kept up to date." : "";
  say("away", `${reason}${shown} This page keeps trying.`, true);
  clearTimeout(line.timer);
  line.timer = setTimeout(retry, wait * 1000);
}

async function retry() {
  clearTimeout(line.timer);
  const reason = await trouble();
  if (line.source) return;
  if (reason === null) connect();
  else fail(reason);
}

// Why there can be no events, in a sentence; null: there can.
async function trouble() {
  const asking = new AbortController();
  const patience = setTimeout(() => asking.abort(), PATIENCE_SECONDS * 1000);
  try {
    const answer = await fetch(`${EVENTS}?kinds=logout`, { signal: asking.signal, cache: "no-store" });
    if (answer.ok) return null;
    const { error } = await answer.json().catch(() => ({}));
    return typeof error === "string" ? error : `The server answered ${answer.status}.`;
  } catch {
    return NO_ANSWER;
  } finally {
    clearTimeout(patience);
    asking.abort();
  }
}

// Be up to date: ask for everything if something may have been missed.
async function refresh() {
  if (store.loading) return;
  store.loading = true;
  try {
    while (store.stale) {
      store.stale = false;
      // What is asked for now has all of these in it already.
      for (const happened of store.waiting.splice(0)) tell(happened);
      const [online, opened] = [await allPlayers(), (await asked("/live/matches")).matches];
      // While the live layer is away both are empty, so an empty answer counts only if it is there.
      const reason = await trouble();
      if (reason !== null) throw new Error(reason);
      if (!store.stale) replace(online, opened);
    }
    if (line.ready) {
      line.live = true;
      line.failures = 0;
      say("live", "Live: this page follows by itself.");
    }
  } catch (error) {
    store.stale = true;
    if (line.source) fail(error.message);
  } finally {
    store.loading = false;
  }
}

function replace(online, opened) {
  players.clear();
  lobbies.clear();
  for (const player of online) known(player);
  for (const lobby of opened) open(lobby);
  changed.all = true;
  store.filled = true;
  by("app").hidden = false;
  store.waiting.splice(0).forEach(apply);
  show();
}

async function allPlayers() {
  const found = new Map();
  for (let offset = 0, total = 1; offset < total; offset += STEP) {
    const page = await asked(`/live/players?limit=${PAGE}&offset=${offset}`);
    for (const player of page.players) found.set(player.id, player);
    total = page.total;
  }
  return found.values();
}

async function asked(url) {
  const answer = await fetch(url, { cache: "no-store" }).catch(() => {
    throw new Error(NO_ANSWER);
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}.`);
  return answer.json();
}

// Silence is looked into, sleep is noticed, and nobody is followed unseen.

let ticked = Date.now();
setInterval(async () => {
  const now = Date.now();
  const slept = now - ticked > 30_000;
  ticked = now;
  if (document.hidden || !line.live) return;
  if (slept) connect();
  else if (now - line.heardAt > line.quiet * 1000) {
    line.quiet = Math.min(MOST_QUIET_SECONDS, line.quiet * 2);
    line.heardAt = now;
    const reason = await trouble();
    if (reason !== null && line.live) fail(reason);
  }
}, 2000);

let unseenTimer = 0;
document.addEventListener("visibilitychange", () => {
  clearTimeout(unseenTimer);
  if (document.hidden) unseenTimer = setTimeout(hangUp, UNSEEN_SECONDS * 1000);
  else if (!line.source) retry();
});
// Browsers keep a page that was left, and its connections with it: a few of those, and no other page would load.
addEventListener("pagehide", hangUp);
addEventListener("pageshow", (event) => event.persisted && retry());
addEventListener("online", () => line.source || retry());
by("again").addEventListener("click", retry);

by("line").hidden = false;
connect();
