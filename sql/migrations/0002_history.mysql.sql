-- History of multiplayer, as `python -m server record` writes it. Every time is in Unix milliseconds.

-- One lobby from its opening to its end. `id` is the match's public number; `slot` is the game server's own, which it
-- uses again. `ended_ms` is NULL while the match is open. `state` is what the recorder has to know to go on (JSON);
-- `due_ms` is when it has to look at the match again though nothing is said of it.
CREATE TABLE IF NOT EXISTS {own}api_matches (
  id BIGINT NOT NULL AUTO_INCREMENT,
  server VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  slot BIGINT NOT NULL,
  opened_ms BIGINT NOT NULL,
  ended_ms BIGINT NULL,
  name VARCHAR(255) NOT NULL,
  host_id BIGINT NULL,
  is_public TINYINT NOT NULL,
  state TEXT NOT NULL,
  due_ms BIGINT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY api_matches_opening (opened_ms, server, slot),
  KEY api_matches_ended (ended_ms, id),
  KEY api_matches_due (due_ms)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- One map played in a match. `ended_ms` is NULL while it is played. `aborted`: it was broken off. `told`: the game
-- server has said how it ended; without that its end is what could be seen of it.
CREATE TABLE IF NOT EXISTS {own}api_match_games (
  id BIGINT NOT NULL AUTO_INCREMENT,
  match_id BIGINT NOT NULL,
  started_ms BIGINT NOT NULL,
  ended_ms BIGINT NULL,
  map_id BIGINT NOT NULL,
  map_md5 VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  map_name VARCHAR(255) NOT NULL,
  mode BIGINT NOT NULL,
  mods BIGINT NOT NULL,
  free_mods TINYINT NOT NULL,
  win_condition BIGINT NOT NULL,
  team_type BIGINT NOT NULL,
  aborted TINYINT NOT NULL,
  told TINYINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY api_match_games_start (match_id, started_ms)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- What each player made of a game. `mods` are all that the play was made with. `score_id` is the row of `scores` and
-- `pp` what it gave, NULL where that was not said.
CREATE TABLE IF NOT EXISTS {own}api_match_scores (
  id BIGINT NOT NULL AUTO_INCREMENT,
  game_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  slot BIGINT NULL,
  team BIGINT NOT NULL,
  score BIGINT NOT NULL,
  accuracy DOUBLE NOT NULL,
  max_combo BIGINT NOT NULL,
  n300 BIGINT NOT NULL,
  n100 BIGINT NOT NULL,
  n50 BIGINT NOT NULL,
  nmiss BIGINT NOT NULL,
  ngeki BIGINT NOT NULL,
  nkatu BIGINT NOT NULL,
  mode BIGINT NOT NULL,
  mods BIGINT NOT NULL,
  grade VARCHAR(8) NOT NULL,
  perfect TINYINT NOT NULL,
  passed TINYINT NOT NULL,
  pp DOUBLE NULL,
  score_id BIGINT NULL,
  played_ms BIGINT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY api_match_scores_player (game_id, user_id),
  KEY api_match_scores_user (user_id, id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- What happened in a match, in order of id. `type`: match-created, match-disbanded, player-joined, player-left,
-- host-changed, or other: a game, which `game_id` names.
CREATE TABLE IF NOT EXISTS {own}api_match_events (
  id BIGINT NOT NULL AUTO_INCREMENT,
  match_id BIGINT NOT NULL,
  type VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  at_ms BIGINT NOT NULL,
  user_id BIGINT NULL,
  game_id BIGINT NULL,
  PRIMARY KEY (id),
  KEY api_match_events_match (match_id, id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- How far the recorder is, in its only row. `turn` counts what it wrote, so that of two recorders one writes. `run_id`
-- is the Redis process it read, `last_id` the last entry of the stream that is in these tables, `known_to` the last
-- entry that may have been recorded already when reading began anew, at `since_ms`. `compare_ms` is when the open
-- matches are to be compared with what stands, NULL once that is done.
CREATE TABLE IF NOT EXISTS {own}api_recorder (
  id INT NOT NULL,
  turn BIGINT NOT NULL,
  run_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  last_id VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  known_to VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  since_ms BIGINT NOT NULL,
  compare_ms BIGINT NULL,
  PRIMARY KEY (id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
