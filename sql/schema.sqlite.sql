-- What `python -m server migrate` makes of an empty database. Written by `make schema`; not to be edited.

-- bancho.py 5.3's tables, its bot and its channels, for an EMPTY SQLite database: the twin of mysql.sql.
-- Every statement can be run again, so that a creation that was cut short can be finished.
-- `general_ci` is registered on each connection by server/storage/sqlite.py; without it, as in the sqlite3 shell,
-- these tables cannot be sorted or written by name. NOCASE stands where MariaDB ignores case and only ASCII is
-- stored.

CREATE TABLE IF NOT EXISTS users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name VARCHAR(32) COLLATE general_ci NOT NULL,
  safe_name VARCHAR(32) COLLATE general_ci NOT NULL,
  email VARCHAR(254) COLLATE general_ci NOT NULL,
  priv INTEGER NOT NULL DEFAULT 1,
  pw_bcrypt CHAR(60) COLLATE NOCASE NOT NULL,
  country CHAR(2) COLLATE NOCASE NOT NULL DEFAULT 'xx',
  silence_end INTEGER NOT NULL DEFAULT 0,
  donor_end INTEGER NOT NULL DEFAULT 0,
  creation_time INTEGER NOT NULL DEFAULT 0,
  latest_activity INTEGER NOT NULL DEFAULT 0,
  clan_id INTEGER NOT NULL DEFAULT 0,
  clan_priv INTEGER NOT NULL DEFAULT 0,
  preferred_mode INTEGER NOT NULL DEFAULT 0,
  play_style INTEGER NOT NULL DEFAULT 0,
  custom_badge_name VARCHAR(16) COLLATE general_ci NULL,
  custom_badge_icon VARCHAR(64) COLLATE general_ci NULL,
  userpage_content VARCHAR(2048) COLLATE general_ci NULL,
  api_key CHAR(36) COLLATE NOCASE NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS users_name_uindex ON users (name);
CREATE UNIQUE INDEX IF NOT EXISTS users_safe_name_uindex ON users (safe_name);
CREATE UNIQUE INDEX IF NOT EXISTS users_email_uindex ON users (email);
CREATE UNIQUE INDEX IF NOT EXISTS users_api_key_uindex ON users (api_key);
CREATE INDEX IF NOT EXISTS users_priv_index ON users (priv);
CREATE INDEX IF NOT EXISTS users_clan_id_index ON users (clan_id);
CREATE INDEX IF NOT EXISTS users_clan_priv_index ON users (clan_priv);
CREATE INDEX IF NOT EXISTS users_country_index ON users (country);

CREATE TABLE IF NOT EXISTS stats (
  id INTEGER NOT NULL,
  mode INTEGER NOT NULL,
  tscore INTEGER NOT NULL DEFAULT 0,
  rscore INTEGER NOT NULL DEFAULT 0,
  pp INTEGER NOT NULL DEFAULT 0,
  plays INTEGER NOT NULL DEFAULT 0,
  playtime INTEGER NOT NULL DEFAULT 0,
  acc REAL NOT NULL DEFAULT 0,
  max_combo INTEGER NOT NULL DEFAULT 0,
  total_hits INTEGER NOT NULL DEFAULT 0,
  replay_views INTEGER NOT NULL DEFAULT 0,
  xh_count INTEGER NOT NULL DEFAULT 0,
  x_count INTEGER NOT NULL DEFAULT 0,
  sh_count INTEGER NOT NULL DEFAULT 0,
  s_count INTEGER NOT NULL DEFAULT 0,
  a_count INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (id, mode)
);
CREATE INDEX IF NOT EXISTS stats_mode_index ON stats (mode);
CREATE INDEX IF NOT EXISTS stats_pp_index ON stats (pp);
CREATE INDEX IF NOT EXISTS stats_tscore_index ON stats (tscore);
CREATE INDEX IF NOT EXISTS stats_rscore_index ON stats (rscore);

CREATE TABLE IF NOT EXISTS scores (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  map_md5 CHAR(32) COLLATE NOCASE NOT NULL,
  score INTEGER NOT NULL,
  pp REAL NOT NULL,
  acc REAL NOT NULL,
  max_combo INTEGER NOT NULL,
  mods INTEGER NOT NULL,
  n300 INTEGER NOT NULL,
  n100 INTEGER NOT NULL,
  n50 INTEGER NOT NULL,
  nmiss INTEGER NOT NULL,
  ngeki INTEGER NOT NULL,
  nkatu INTEGER NOT NULL,
  grade VARCHAR(2) COLLATE NOCASE NOT NULL DEFAULT 'N',
  status INTEGER NOT NULL,
  mode INTEGER NOT NULL,
  play_time DATETIME NOT NULL,
  time_elapsed INTEGER NOT NULL,
  client_flags INTEGER NOT NULL,
  userid INTEGER NOT NULL,
  perfect INTEGER NOT NULL,
  online_checksum CHAR(32) COLLATE NOCASE NOT NULL
);
CREATE INDEX IF NOT EXISTS scores_map_md5_index ON scores (map_md5);
CREATE INDEX IF NOT EXISTS scores_score_index ON scores (score);
CREATE INDEX IF NOT EXISTS scores_pp_index ON scores (pp);
CREATE INDEX IF NOT EXISTS scores_mods_index ON scores (mods);
CREATE INDEX IF NOT EXISTS scores_status_index ON scores (status);
CREATE INDEX IF NOT EXISTS scores_mode_index ON scores (mode);
CREATE INDEX IF NOT EXISTS scores_play_time_index ON scores (play_time);
CREATE INDEX IF NOT EXISTS scores_userid_index ON scores (userid);
CREATE INDEX IF NOT EXISTS scores_online_checksum_index ON scores (online_checksum);
CREATE INDEX IF NOT EXISTS scores_map_md5_status_mode_index ON scores (map_md5, status, mode);

CREATE TABLE IF NOT EXISTS maps (
  server TEXT NOT NULL DEFAULT 'osu!' CHECK (server IN ('osu!', 'private')),
  id INTEGER NOT NULL,
  set_id INTEGER NOT NULL,
  status INTEGER NOT NULL,
  md5 CHAR(32) COLLATE NOCASE NOT NULL,
  artist VARCHAR(128) COLLATE general_ci NOT NULL,
  title VARCHAR(128) COLLATE general_ci NOT NULL,
  version VARCHAR(128) COLLATE general_ci NOT NULL,
  creator VARCHAR(19) COLLATE general_ci NOT NULL,
  filename VARCHAR(256) COLLATE general_ci NOT NULL,
  last_update DATETIME NOT NULL,
  total_length INTEGER NOT NULL,
  max_combo INTEGER NOT NULL,
  frozen INTEGER NOT NULL DEFAULT 0,
  plays INTEGER NOT NULL DEFAULT 0,
  passes INTEGER NOT NULL DEFAULT 0,
  mode INTEGER NOT NULL DEFAULT 0,
  bpm REAL NOT NULL DEFAULT 0,
  cs REAL NOT NULL DEFAULT 0,
  ar REAL NOT NULL DEFAULT 0,
  od REAL NOT NULL DEFAULT 0,
  hp REAL NOT NULL DEFAULT 0,
  diff REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (server, id)
);
CREATE UNIQUE INDEX IF NOT EXISTS maps_id_uindex ON maps (id);
CREATE UNIQUE INDEX IF NOT EXISTS maps_md5_uindex ON maps (md5);
CREATE INDEX IF NOT EXISTS maps_set_id_index ON maps (set_id);
CREATE INDEX IF NOT EXISTS maps_status_index ON maps (status);
CREATE INDEX IF NOT EXISTS maps_filename_index ON maps (filename);
CREATE INDEX IF NOT EXISTS maps_plays_index ON maps (plays);
CREATE INDEX IF NOT EXISTS maps_mode_index ON maps (mode);
CREATE INDEX IF NOT EXISTS maps_frozen_index ON maps (frozen);

CREATE TABLE IF NOT EXISTS mapsets (
  server TEXT NOT NULL DEFAULT 'osu!' CHECK (server IN ('osu!', 'private')),
  id INTEGER NOT NULL,
  last_osuapi_check DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (server, id)
);
CREATE UNIQUE INDEX IF NOT EXISTS mapsets_id_uindex ON mapsets (id);

CREATE TABLE IF NOT EXISTS clans (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name VARCHAR(16) COLLATE general_ci NOT NULL,
  tag VARCHAR(6) COLLATE general_ci NOT NULL,
  owner INTEGER NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS clans_name_uindex ON clans (name);
CREATE UNIQUE INDEX IF NOT EXISTS clans_tag_uindex ON clans (tag);
CREATE UNIQUE INDEX IF NOT EXISTS clans_owner_uindex ON clans (owner);

CREATE TABLE IF NOT EXISTS relationships (
  user1 INTEGER NOT NULL,
  user2 INTEGER NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('friend', 'block')),
  PRIMARY KEY (user1, user2)
);

CREATE TABLE IF NOT EXISTS favourites (
  userid INTEGER NOT NULL,
  setid INTEGER NOT NULL,
  created_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (userid, setid)
);

CREATE TABLE IF NOT EXISTS ratings (
  userid INTEGER NOT NULL,
  map_md5 CHAR(32) COLLATE NOCASE NOT NULL,
  rating INTEGER NOT NULL,
  PRIMARY KEY (userid, map_md5)
);

CREATE TABLE IF NOT EXISTS comments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  target_id INTEGER NOT NULL,
  target_type TEXT NOT NULL CHECK (target_type IN ('replay', 'map', 'song')),
  userid INTEGER NOT NULL,
  time INTEGER NOT NULL,
  comment VARCHAR(80) COLLATE general_ci NOT NULL,
  colour CHAR(6) COLLATE NOCASE NULL
);

CREATE TABLE IF NOT EXISTS achievements (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  file VARCHAR(128) COLLATE NOCASE NOT NULL,
  name VARCHAR(128) COLLATE general_ci NOT NULL,
  `desc` VARCHAR(256) COLLATE general_ci NOT NULL,
  cond VARCHAR(64) COLLATE NOCASE NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS achievements_file_uindex ON achievements (file);
CREATE UNIQUE INDEX IF NOT EXISTS achievements_name_uindex ON achievements (name);
CREATE UNIQUE INDEX IF NOT EXISTS achievements_desc_uindex ON achievements (`desc`);

CREATE TABLE IF NOT EXISTS user_achievements (
  userid INTEGER NOT NULL,
  achid INTEGER NOT NULL,
  PRIMARY KEY (userid, achid)
);
CREATE INDEX IF NOT EXISTS user_achievements_userid_index ON user_achievements (userid);
CREATE INDEX IF NOT EXISTS user_achievements_achid_index ON user_achievements (achid);

CREATE TABLE IF NOT EXISTS channels (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name VARCHAR(32) COLLATE general_ci NOT NULL,
  topic VARCHAR(256) COLLATE general_ci NOT NULL,
  read_priv INTEGER NOT NULL DEFAULT 1,
  write_priv INTEGER NOT NULL DEFAULT 2,
  auto_join INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX IF NOT EXISTS channels_name_uindex ON channels (name);
CREATE INDEX IF NOT EXISTS channels_auto_join_index ON channels (auto_join);

CREATE TABLE IF NOT EXISTS mail (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  from_id INTEGER NOT NULL,
  to_id INTEGER NOT NULL,
  msg VARCHAR(2048) COLLATE general_ci NOT NULL,
  time INTEGER NULL,
  `read` INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS logs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  `from` INTEGER NOT NULL,
  `to` INTEGER NOT NULL,
  action VARCHAR(32) COLLATE NOCASE NOT NULL,
  msg VARCHAR(2048) COLLATE general_ci NULL,
  time DATETIME NOT NULL
);

CREATE TABLE IF NOT EXISTS ingame_logins (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  userid INTEGER NOT NULL,
  ip VARCHAR(45) COLLATE NOCASE NOT NULL,
  osu_ver DATE NOT NULL,
  osu_stream VARCHAR(11) COLLATE NOCASE NOT NULL,
  datetime DATETIME NOT NULL
);

CREATE TABLE IF NOT EXISTS client_hashes (
  userid INTEGER NOT NULL,
  osupath CHAR(32) COLLATE NOCASE NOT NULL,
  adapters CHAR(32) COLLATE NOCASE NOT NULL,
  uninstall_id CHAR(32) COLLATE NOCASE NOT NULL,
  disk_serial CHAR(32) COLLATE NOCASE NOT NULL,
  latest_time DATETIME NOT NULL,
  occurrences INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (userid, osupath, adapters, uninstall_id, disk_serial)
);

CREATE TABLE IF NOT EXISTS map_requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  map_id INTEGER NOT NULL,
  player_id INTEGER NOT NULL,
  datetime DATETIME NOT NULL,
  active INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS performance_reports (
  scoreid INTEGER NOT NULL,
  mod_mode TEXT NOT NULL DEFAULT 'vanilla' CHECK (mod_mode IN ('vanilla', 'relax', 'autopilot')),
  os VARCHAR(64) COLLATE NOCASE NOT NULL,
  fullscreen INTEGER NOT NULL,
  fps_cap VARCHAR(16) COLLATE NOCASE NOT NULL,
  compatibility INTEGER NOT NULL,
  version VARCHAR(16) COLLATE NOCASE NOT NULL,
  start_time INTEGER NOT NULL,
  end_time INTEGER NOT NULL,
  frame_count INTEGER NOT NULL,
  spike_frames INTEGER NOT NULL,
  aim_rate INTEGER NOT NULL,
  completion INTEGER NOT NULL,
  identifier VARCHAR(128) COLLATE NOCASE NULL,
  average_frametime INTEGER NOT NULL,
  PRIMARY KEY (scoreid, mod_mode)
);

CREATE TABLE IF NOT EXISTS startups (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ver_major INTEGER NOT NULL,
  ver_minor INTEGER NOT NULL,
  ver_micro INTEGER NOT NULL,
  datetime DATETIME NOT NULL
);

CREATE TABLE IF NOT EXISTS tourney_pools (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name VARCHAR(16) COLLATE general_ci NOT NULL,
  created_at DATETIME NOT NULL,
  created_by INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS tourney_pools_created_by_index ON tourney_pools (created_by);

CREATE TABLE IF NOT EXISTS tourney_pool_maps (
  map_id INTEGER NOT NULL,
  pool_id INTEGER NOT NULL,
  mods INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  PRIMARY KEY (map_id, pool_id)
);
CREATE INDEX IF NOT EXISTS tourney_pool_maps_mods_slot_index ON tourney_pool_maps (mods, slot);
CREATE INDEX IF NOT EXISTS tourney_pool_maps_pool_id_index ON tourney_pool_maps (pool_id);

-- The bot. Its password is no bcrypt hash at all, so none matches.
INSERT OR IGNORE INTO users (id, name, safe_name, email, priv, pw_bcrypt, country, creation_time, latest_activity)
VALUES (1, 'BanchoBot', 'banchobot', 'bot@localhost', 1,
        '----------------- no password opens this -------------------', 'ca',
        CAST(strftime('%s', 'now') AS INTEGER), CAST(strftime('%s', 'now') AS INTEGER));

-- Players' ids start at 3.
UPDATE sqlite_sequence SET seq = 2 WHERE name = 'users' AND seq < 2;

INSERT OR IGNORE INTO stats (id, mode) VALUES (1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (1, 8);

-- Who may read and write is told in the bits of users.priv.
INSERT OR IGNORE INTO channels (name, topic, read_priv, write_priv, auto_join) VALUES
  ('#osu', 'Talk about anything.', 1, 2, 1),
  ('#announce', 'News and remarkable plays.', 1, 24576, 1),
  ('#lobby', 'Find people to play with.', 1, 2, 0),
  ('#supporter', 'For those who support the server.', 48, 48, 0),
  ('#staff', 'For everybody on the staff.', 28672, 28672, 1),
  ('#admin', 'For administrators.', 24576, 24576, 1),
  ('#dev', 'For developers.', 16384, 16384, 1);

-- Indexes that bancho.py does not have.

CREATE INDEX api_scores_best ON scores (userid, mode, status, pp DESC, id);
CREATE INDEX api_scores_recent ON scores (userid, mode, play_time, id);
CREATE INDEX api_scores_played ON scores (userid, mode, map_md5);
CREATE INDEX api_scores_map_score ON scores (map_md5, mode, status, score DESC, id);
CREATE INDEX api_scores_map_pp ON scores (map_md5, mode, status, pp DESC, id);
CREATE INDEX api_scores_map_recent ON scores (map_md5, mode, status, play_time, id);
CREATE INDEX api_scores_mode_pp ON scores (mode, pp, id);
CREATE INDEX api_stats_pp ON stats (mode, pp DESC, id);
CREATE INDEX api_stats_rscore ON stats (mode, rscore DESC, id);
CREATE INDEX api_stats_tscore ON stats (mode, tscore DESC, id);
CREATE INDEX api_stats_acc ON stats (mode, acc DESC, id);
CREATE INDEX api_stats_plays ON stats (mode, plays DESC, id);
CREATE INDEX api_stats_playtime ON stats (mode, playtime DESC, id);
CREATE INDEX api_maps_update ON maps (last_update, id);
CREATE INDEX api_maps_mode_update ON maps (mode, last_update, id);
CREATE INDEX api_maps_plays ON maps (plays, id);
CREATE INDEX api_maps_diff ON maps (diff, id);
CREATE INDEX api_maps_creator ON maps (creator);
CREATE INDEX api_favourites_set ON favourites (setid);
CREATE INDEX api_ratings_map ON ratings (map_md5, rating);
CREATE INDEX api_users_activity ON users (latest_activity);

-- Which of these migrations have been applied. Number 0 is the creation of bancho.py's tables on an empty database;
-- its applied_at is 0 while that is under way.
CREATE TABLE IF NOT EXISTS api_migrations (
  number INTEGER PRIMARY KEY,
  name VARCHAR(64) NOT NULL,
  applied_at INTEGER NOT NULL
);

-- Keys for this server's API. Of the secret only its SHA-256 is kept; times are Unix seconds.
CREATE TABLE IF NOT EXISTS api_keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name VARCHAR(64) NOT NULL,
  owner INTEGER NOT NULL,
  secret_hash CHAR(64) NOT NULL,
  scopes VARCHAR(255) NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NULL,
  revoked_at INTEGER NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS api_keys_secret_hash ON api_keys (secret_hash);
CREATE INDEX IF NOT EXISTS api_keys_owner ON api_keys (owner);

-- History of multiplayer, as `python -m server record` writes it. Every time is in Unix milliseconds.

-- One lobby from its opening to its end. `id` is the match's public number; `slot` is the game server's own, which it
-- uses again. `ended_ms` is NULL while the match is open. `state` is what the recorder has to know to go on (JSON);
-- `due_ms` is when it has to look at the match again though nothing is said of it.
CREATE TABLE IF NOT EXISTS api_matches (
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
CREATE TABLE IF NOT EXISTS api_match_games (
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
CREATE TABLE IF NOT EXISTS api_match_scores (
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
CREATE TABLE IF NOT EXISTS api_match_events (
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
CREATE TABLE IF NOT EXISTS api_recorder (
  id INTEGER PRIMARY KEY,
  turn INTEGER NOT NULL,
  run_id VARCHAR(64) NOT NULL,
  last_id VARCHAR(48) NOT NULL,
  known_to VARCHAR(48) NOT NULL,
  since_ms INTEGER NOT NULL,
  compare_ms INTEGER NULL
);

-- What the operator's `.osu` files say, as `python -m server index-maps` reads them.

-- One file, by the md5 of its content. `reader` is the version of the reader: what an older one wrote is read anew.
-- A file that is no beatmap has `readable` 0 and says nothing. `hit_length` in seconds, `preview_time` in ms of the
-- song, -1 if the game chooses. `sliders` counts mania's holds too.
CREATE TABLE IF NOT EXISTS api_beatmap_files (
  md5 VARCHAR(32) PRIMARY KEY NOT NULL,
  reader INTEGER NOT NULL,
  readable INTEGER NOT NULL,
  artist_unicode VARCHAR(255) NULL,
  title_unicode VARCHAR(255) NULL,
  source VARCHAR(255) NULL,
  tags TEXT NULL,
  preview_time INTEGER NULL,
  hit_length INTEGER NULL,
  circles INTEGER NULL,
  sliders INTEGER NULL,
  spinners INTEGER NULL,
  video INTEGER NULL,
  storyboard INTEGER NULL
);

-- How difficult a file is in a ruleset (0-3) with mods, as a calculator says: `stars` NULL where it cannot say.
-- `aim` and `speed` are of osu! only.
CREATE TABLE IF NOT EXISTS api_difficulties (
  md5 VARCHAR(32) NOT NULL,
  calculator VARCHAR(32) NOT NULL,
  ruleset INTEGER NOT NULL,
  mods INTEGER NOT NULL,
  stars REAL NULL,
  aim REAL NULL,
  speed REAL NULL,
  max_combo INTEGER NULL,
  PRIMARY KEY (md5, calculator, ruleset, mods)
);

-- What scores add up to, as `python -m server follow` writes it.

-- The hits of all of a player's plays in a mode, failed ones too.
CREATE TABLE IF NOT EXISTS api_totals (
  user_id INTEGER NOT NULL,
  mode INTEGER NOT NULL,
  n300 INTEGER NOT NULL,
  n100 INTEGER NOT NULL,
  n50 INTEGER NOT NULL,
  PRIMARY KEY (user_id, mode)
);

-- Who is first on a beatmap in a mode, and with which score.
CREATE TABLE IF NOT EXISTS api_firsts (
  map_md5 VARCHAR(32) NOT NULL,
  mode INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  score_id INTEGER NOT NULL,
  PRIMARY KEY (map_md5, mode)
);
CREATE INDEX IF NOT EXISTS api_firsts_user ON api_firsts (user_id, mode, score_id);

-- What players achieved. `kind`: rank (they came to `position` with `score_id`) or lost_first (somebody else's
-- `score_id` took the first place from them). `at_ms` is when it was played, in Unix milliseconds. `epic`: 1 to 32.
CREATE TABLE IF NOT EXISTS api_rank_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL,
  kind VARCHAR(16) NOT NULL,
  score_id INTEGER NOT NULL,
  map_md5 VARCHAR(32) NOT NULL,
  mode INTEGER NOT NULL,
  position INTEGER NOT NULL,
  grade VARCHAR(8) NOT NULL,
  epic INTEGER NOT NULL,
  at_ms INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS api_rank_events_once ON api_rank_events (score_id, kind, user_id);
CREATE INDEX IF NOT EXISTS api_rank_events_user ON api_rank_events (user_id, at_ms);

-- The status each beatmap was last seen with, and when it was seen to be ranked, approved or loved; NULL where that
-- was before anybody looked.
CREATE TABLE IF NOT EXISTS api_map_statuses (
  map_id INTEGER NOT NULL,
  status INTEGER NOT NULL,
  approved_ms INTEGER NULL,
  PRIMARY KEY (map_id)
);
CREATE INDEX IF NOT EXISTS api_map_statuses_approved ON api_map_statuses (approved_ms);

-- The players whom `api_firsts` was made without, as they are hidden.
CREATE TABLE IF NOT EXISTS api_hidden (
  user_id INTEGER NOT NULL,
  PRIMARY KEY (user_id)
);

-- How far the follower is, in its only row. `turn` counts what it wrote, so that of two followers one writes.
-- `last_id` is the last score that is in these tables. Up to player `totals_to` and beatmap `boards_to` older scores
-- are in them too; NULL once all are.
CREATE TABLE IF NOT EXISTS api_follower (
  id INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  totals_to INTEGER NULL,
  boards_to INTEGER NULL,
  PRIMARY KEY (id)
);

-- What players' figures were, as `python -m server record` and the osu!track API write it.

-- A row only when something about the player has changed. `at_ms` in Unix milliseconds; silver grades do not count.
CREATE TABLE IF NOT EXISTS api_snapshots (
  user_id INTEGER NOT NULL,
  mode INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  count300 INTEGER NOT NULL,
  count100 INTEGER NOT NULL,
  count50 INTEGER NOT NULL,
  playcount INTEGER NOT NULL,
  ranked_score INTEGER NOT NULL,
  total_score INTEGER NOT NULL,
  pp_rank INTEGER NOT NULL,
  country_rank INTEGER NOT NULL,
  level DOUBLE NOT NULL,
  pp_raw DOUBLE NOT NULL,
  accuracy DOUBLE NOT NULL,
  count_rank_ss INTEGER NOT NULL,
  count_rank_s INTEGER NOT NULL,
  count_rank_a INTEGER NOT NULL,
  PRIMARY KEY (user_id, mode, at_ms)
);

-- When somebody last looked at a player. Whoever writes snapshots of one writes this row first, so that of two who do
-- it at once the second sees what the first has written.
CREATE TABLE IF NOT EXISTS api_snapshot_checks (
  user_id INTEGER NOT NULL,
  mode INTEGER NOT NULL,
  checked_ms INTEGER NOT NULL,
  PRIMARY KEY (user_id, mode)
);

-- Plays as they were when they were first seen among a player's best: played at `score_ms`, recorded at `update_ms`.
CREATE TABLE IF NOT EXISTS api_top_plays (
  user_id INTEGER NOT NULL,
  mode INTEGER NOT NULL,
  score_id INTEGER NOT NULL,
  beatmap_id INTEGER NOT NULL,
  score INTEGER NOT NULL,
  pp DOUBLE NOT NULL,
  mods INTEGER NOT NULL,
  grade VARCHAR(8) NOT NULL,
  score_ms INTEGER NOT NULL,
  update_ms INTEGER NOT NULL,
  PRIMARY KEY (user_id, mode, score_id)
);
CREATE INDEX IF NOT EXISTS api_top_plays_pp ON api_top_plays (mode, pp DESC, score_ms, score_id);
CREATE INDEX IF NOT EXISTS api_top_plays_time ON api_top_plays (mode, score_ms, pp);

-- The days whose ladders are kept. `day` counts from 1970-01-01 (UTC), `at_ms` is when they were made.
CREATE TABLE IF NOT EXISTS api_days (
  day INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (day)
);

-- How many players had how many pp on a day, in steps of 1,024 pp: `above` had more than the step, `packed` says of
-- each pp on it how many had it. `country` is empty for all the world.
CREATE TABLE IF NOT EXISTS api_ladders (
  mode INTEGER NOT NULL,
  country VARCHAR(32) NOT NULL,
  step INTEGER NOT NULL,
  day INTEGER NOT NULL,
  above INTEGER NOT NULL,
  packed TEXT NOT NULL,
  PRIMARY KEY (mode, country, step, day)
);

-- How far the snapshotter is, in its only row. `turn` counts what it wrote, so that of two one writes. Whoever has
-- played up to score `last_id` was looked at. `day` is the last whose round is done; `round_day` the one whose round is
-- under way, up to player `round_to`; NULL where none is.
CREATE TABLE IF NOT EXISTS api_snapshotter (
  id INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  round_day INTEGER NULL,
  round_to INTEGER NULL,
  PRIMARY KEY (id)
);
