-- History of multiplayer, as `python -m server record` writes it. Every time is in Unix milliseconds.

-- One lobby from its opening to its end. `id` is the match's public number; `slot` is the game server's own, which it
-- uses again. `ended_ms` is NULL while the match is open. `state` is what the recorder has to know to go on (JSON);
-- `due_ms` is when it has to look at the match again though nothing is said of it.
CREATE TABLE IF NOT EXISTS {own}api_matches (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  server VARCHAR(32) NOT NULL,
  slot INTEGER NOT NULL,
  opened_ms INTEGER NOT NULL,
  ended_ms INTEGER NULL,
  name VARCHAR(255) NOT NULL,
  host_id INTEGER NULL,
  is_public INTEGER NOT NULL,
  state TEXT NOT NULL,
  due_ms INTEGER NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS api_matches_opening ON api_matches (opened_ms, server, slot);
CREATE INDEX IF NOT EXISTS api_matches_ended ON api_matches (ended_ms, id);
CREATE INDEX IF NOT EXISTS api_matches_due ON api_matches (due_ms);

-- One map played in a match. `ended_ms` is NULL while it is played. `aborted`: it was broken off. `told`: the game
-- server has said how it ended; without that its end is what could be seen of it.
CREATE TABLE IF NOT EXISTS {own}api_match_games (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  match_id INTEGER NOT NULL,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER NULL,
  map_id INTEGER NOT NULL,
  map_md5 VARCHAR(32) NOT NULL,
  map_name VARCHAR(255) NOT NULL,
  mode INTEGER NOT NULL,
  mods INTEGER NOT NULL,
  free_mods INTEGER NOT NULL,
  win_condition INTEGER NOT NULL,
  team_type INTEGER NOT NULL,
  aborted INTEGER NOT NULL,
  told INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS api_match_games_start ON api_match_games (match_id, started_ms);

-- What each player made of a game. `mods` are all that the play was made with. `score_id` is the row of `scores` and
-- `pp` what it gave, NULL where that was not said.
CREATE TABLE IF NOT EXISTS {own}api_match_scores (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  game_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  slot INTEGER NULL,
  team INTEGER NOT NULL,
  score INTEGER NOT NULL,
  accuracy DOUBLE NOT NULL,
  max_combo INTEGER NOT NULL,
  n300 INTEGER NOT NULL,
  n100 INTEGER NOT NULL,
  n50 INTEGER NOT NULL,
  nmiss INTEGER NOT NULL,
  ngeki INTEGER NOT NULL,
  nkatu INTEGER NOT NULL,
  mode INTEGER NOT NULL,
  mods INTEGER NOT NULL,
  grade VARCHAR(8) NOT NULL,
  perfect INTEGER NOT NULL,
  passed INTEGER NOT NULL,
  pp DOUBLE NULL,
  score_id INTEGER NULL,
  played_ms INTEGER NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS api_match_scores_player ON api_match_scores (game_id, user_id);
CREATE INDEX IF NOT EXISTS api_match_scores_user ON api_match_scores (user_id, id);

-- What happened in a match, in order of id. `type`: match-created, match-disbanded, player-joined, player-left,
-- host-changed, or other: a game, which `game_id` names.
CREATE TABLE IF NOT EXISTS {own}api_match_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  match_id INTEGER NOT NULL,
  type VARCHAR(16) NOT NULL,
  at_ms INTEGER NOT NULL,
  user_id INTEGER NULL,
  game_id INTEGER NULL
);
CREATE INDEX IF NOT EXISTS api_match_events_match ON api_match_events (match_id, id);

-- How far the recorder is, in its only row. `turn` counts what it wrote, so that of two recorders one writes. `run_id`
-- is the Redis process it read, `last_id` the last entry of the stream that is in these tables, `known_to` the last
-- entry that may have been recorded already when reading began anew, at `since_ms`. `compare_ms` is when the open
-- matches are to be compared with what stands, NULL once that is done.
CREATE TABLE IF NOT EXISTS {own}api_recorder (
  id INTEGER PRIMARY KEY,
  turn INTEGER NOT NULL,
  run_id VARCHAR(64) NOT NULL,
  last_id VARCHAR(48) NOT NULL,
  known_to VARCHAR(48) NOT NULL,
  since_ms INTEGER NOT NULL,
  compare_ms INTEGER NULL
);
