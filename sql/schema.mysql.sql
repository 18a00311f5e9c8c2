-- What `python -m server migrate` makes of an empty database. Written by `make schema`; not to be edited.

-- bancho.py 5.3's tables, its bot and its channels, for an EMPTY database on MariaDB 10.11+ or MySQL 8.0.30+.
-- Every statement can be run again, so that a creation that was cut short can be finished.
-- Names of people and beatmaps are utf8mb3 as bancho.py has them; collations are spelled out because
-- the servers' own defaults differ, and a join of two of them fails.

CREATE TABLE IF NOT EXISTS users (
  id INT NOT NULL AUTO_INCREMENT,
  name VARCHAR(32) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NOT NULL,
  safe_name VARCHAR(32) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NOT NULL,
  email VARCHAR(254) NOT NULL,
  priv INT NOT NULL DEFAULT 1,
  pw_bcrypt CHAR(60) NOT NULL,
  country CHAR(2) NOT NULL DEFAULT 'xx',
  silence_end INT NOT NULL DEFAULT 0,
  donor_end INT NOT NULL DEFAULT 0,
  creation_time INT NOT NULL DEFAULT 0,
  latest_activity INT NOT NULL DEFAULT 0,
  clan_id INT NOT NULL DEFAULT 0,
  clan_priv TINYINT(1) NOT NULL DEFAULT 0,
  preferred_mode INT NOT NULL DEFAULT 0,
  play_style INT NOT NULL DEFAULT 0,
  custom_badge_name VARCHAR(16) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NULL,
  custom_badge_icon VARCHAR(64) NULL,
  userpage_content VARCHAR(2048) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NULL,
  api_key CHAR(36) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY users_name_uindex (name),
  UNIQUE KEY users_safe_name_uindex (safe_name),
  UNIQUE KEY users_email_uindex (email),
  UNIQUE KEY users_api_key_uindex (api_key),
  KEY users_priv_index (priv),
  KEY users_clan_id_index (clan_id),
  KEY users_clan_priv_index (clan_priv),
  KEY users_country_index (country)
) AUTO_INCREMENT = 3 DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS stats (
  id INT NOT NULL AUTO_INCREMENT,
  mode TINYINT(1) NOT NULL,
  tscore BIGINT UNSIGNED NOT NULL DEFAULT 0,
  rscore BIGINT UNSIGNED NOT NULL DEFAULT 0,
  pp INT UNSIGNED NOT NULL DEFAULT 0,
  plays INT UNSIGNED NOT NULL DEFAULT 0,
  playtime INT UNSIGNED NOT NULL DEFAULT 0,
  acc FLOAT(6,3) NOT NULL DEFAULT 0.000,
  max_combo INT UNSIGNED NOT NULL DEFAULT 0,
  total_hits INT UNSIGNED NOT NULL DEFAULT 0,
  replay_views INT UNSIGNED NOT NULL DEFAULT 0,
  xh_count INT UNSIGNED NOT NULL DEFAULT 0,
  x_count INT UNSIGNED NOT NULL DEFAULT 0,
  sh_count INT UNSIGNED NOT NULL DEFAULT 0,
  s_count INT UNSIGNED NOT NULL DEFAULT 0,
  a_count INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (id, mode),
  KEY stats_mode_index (mode),
  KEY stats_pp_index (pp),
  KEY stats_tscore_index (tscore),
  KEY stats_rscore_index (rscore)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS scores (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  map_md5 CHAR(32) NOT NULL,
  score INT NOT NULL,
  pp FLOAT(7,3) NOT NULL,
  acc FLOAT(6,3) NOT NULL,
  max_combo INT NOT NULL,
  mods INT NOT NULL,
  n300 INT NOT NULL,
  n100 INT NOT NULL,
  n50 INT NOT NULL,
  nmiss INT NOT NULL,
  ngeki INT NOT NULL,
  nkatu INT NOT NULL,
  grade VARCHAR(2) NOT NULL DEFAULT 'N',
  status TINYINT NOT NULL,
  mode TINYINT NOT NULL,
  play_time DATETIME NOT NULL,
  time_elapsed INT NOT NULL,
  client_flags INT NOT NULL,
  userid INT NOT NULL,
  perfect TINYINT(1) NOT NULL,
  online_checksum CHAR(32) NOT NULL,
  PRIMARY KEY (id),
  KEY scores_map_md5_index (map_md5),
  KEY scores_score_index (score),
  KEY scores_pp_index (pp),
  KEY scores_mods_index (mods),
  KEY scores_status_index (status),
  KEY scores_mode_index (mode),
  KEY scores_play_time_index (play_time),
  KEY scores_userid_index (userid),
  KEY scores_online_checksum_index (online_checksum),
  KEY scores_map_md5_status_mode_index (map_md5, status, mode)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS maps (
  server ENUM('osu!', 'private') NOT NULL DEFAULT 'osu!',
  id INT NOT NULL,
  set_id INT NOT NULL,
  status INT NOT NULL,
  md5 CHAR(32) NOT NULL,
  artist VARCHAR(128) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NOT NULL,
  title VARCHAR(128) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NOT NULL,
  version VARCHAR(128) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NOT NULL,
  creator VARCHAR(19) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NOT NULL,
  filename VARCHAR(256) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NOT NULL,
  last_update DATETIME NOT NULL,
  total_length INT NOT NULL,
  max_combo INT NOT NULL,
  frozen TINYINT(1) NOT NULL DEFAULT 0,
  plays INT NOT NULL DEFAULT 0,
  passes INT NOT NULL DEFAULT 0,
  mode TINYINT(1) NOT NULL DEFAULT 0,
  bpm FLOAT(12,2) NOT NULL DEFAULT 0.00,
  cs FLOAT(4,2) NOT NULL DEFAULT 0.00,
  ar FLOAT(4,2) NOT NULL DEFAULT 0.00,
  od FLOAT(4,2) NOT NULL DEFAULT 0.00,
  hp FLOAT(4,2) NOT NULL DEFAULT 0.00,
  diff FLOAT(6,3) NOT NULL DEFAULT 0.000,
  PRIMARY KEY (server, id),
  UNIQUE KEY maps_id_uindex (id),
  UNIQUE KEY maps_md5_uindex (md5),
  KEY maps_set_id_index (set_id),
  KEY maps_status_index (status),
  KEY maps_filename_index (filename),
  KEY maps_plays_index (plays),
  KEY maps_mode_index (mode),
  KEY maps_frozen_index (frozen)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS mapsets (
  server ENUM('osu!', 'private') NOT NULL DEFAULT 'osu!',
  id INT NOT NULL,
  last_osuapi_check DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (server, id),
  UNIQUE KEY mapsets_id_uindex (id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS clans (
  id INT NOT NULL AUTO_INCREMENT,
  name VARCHAR(16) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NOT NULL,
  tag VARCHAR(6) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NOT NULL,
  owner INT NOT NULL,
  created_at DATETIME NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY clans_name_uindex (name),
  UNIQUE KEY clans_tag_uindex (tag),
  UNIQUE KEY clans_owner_uindex (owner)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS relationships (
  user1 INT NOT NULL,
  user2 INT NOT NULL,
  type ENUM('friend', 'block') NOT NULL,
  PRIMARY KEY (user1, user2)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS favourites (
  userid INT NOT NULL,
  setid INT NOT NULL,
  created_at INT NOT NULL DEFAULT 0,
  PRIMARY KEY (userid, setid)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS ratings (
  userid INT NOT NULL,
  map_md5 CHAR(32) NOT NULL,
  rating TINYINT(2) NOT NULL,
  PRIMARY KEY (userid, map_md5)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS comments (
  id INT NOT NULL AUTO_INCREMENT,
  target_id INT NOT NULL,
  target_type ENUM('replay', 'map', 'song') NOT NULL,
  userid INT NOT NULL,
  time INT NOT NULL,
  comment VARCHAR(80) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NOT NULL,
  colour CHAR(6) NULL,
  PRIMARY KEY (id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS achievements (
  id INT NOT NULL AUTO_INCREMENT,
  file VARCHAR(128) NOT NULL,
  name VARCHAR(128) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NOT NULL,
  `desc` VARCHAR(256) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NOT NULL,
  cond VARCHAR(64) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY achievements_file_uindex (file),
  UNIQUE KEY achievements_name_uindex (name),
  UNIQUE KEY achievements_desc_uindex (`desc`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS user_achievements (
  userid INT NOT NULL,
  achid INT NOT NULL,
  PRIMARY KEY (userid, achid),
  KEY user_achievements_userid_index (userid),
  KEY user_achievements_achid_index (achid)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS channels (
  id INT NOT NULL AUTO_INCREMENT,
  name VARCHAR(32) NOT NULL,
  topic VARCHAR(256) NOT NULL,
  read_priv INT NOT NULL DEFAULT 1,
  write_priv INT NOT NULL DEFAULT 2,
  auto_join TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY channels_name_uindex (name),
  KEY channels_auto_join_index (auto_join)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS mail (
  id INT NOT NULL AUTO_INCREMENT,
  from_id INT NOT NULL,
  to_id INT NOT NULL,
  msg VARCHAR(2048) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NOT NULL,
  time INT NULL,
  `read` TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS logs (
  id INT NOT NULL AUTO_INCREMENT,
  `from` INT NOT NULL,
  `to` INT NOT NULL,
  action VARCHAR(32) NOT NULL,
  msg VARCHAR(2048) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NULL,
  time DATETIME NOT NULL,
  PRIMARY KEY (id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS ingame_logins (
  id INT NOT NULL AUTO_INCREMENT,
  userid INT NOT NULL,
  ip VARCHAR(45) NOT NULL,
  osu_ver DATE NOT NULL,
  osu_stream VARCHAR(11) NOT NULL,
  datetime DATETIME NOT NULL,
  PRIMARY KEY (id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS client_hashes (
  userid INT NOT NULL,
  osupath CHAR(32) NOT NULL,
  adapters CHAR(32) NOT NULL,
  uninstall_id CHAR(32) NOT NULL,
  disk_serial CHAR(32) NOT NULL,
  latest_time DATETIME NOT NULL,
  occurrences INT NOT NULL DEFAULT 0,
  PRIMARY KEY (userid, osupath, adapters, uninstall_id, disk_serial)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS map_requests (
  id INT NOT NULL AUTO_INCREMENT,
  map_id INT NOT NULL,
  player_id INT NOT NULL,
  datetime DATETIME NOT NULL,
  active TINYINT(1) NOT NULL,
  PRIMARY KEY (id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS performance_reports (
  scoreid BIGINT UNSIGNED NOT NULL,
  mod_mode ENUM('vanilla', 'relax', 'autopilot') NOT NULL DEFAULT 'vanilla',
  os VARCHAR(64) NOT NULL,
  fullscreen TINYINT(1) NOT NULL,
  fps_cap VARCHAR(16) NOT NULL,
  compatibility TINYINT(1) NOT NULL,
  version VARCHAR(16) NOT NULL,
  start_time INT NOT NULL,
  end_time INT NOT NULL,
  frame_count INT NOT NULL,
  spike_frames INT NOT NULL,
  aim_rate INT NOT NULL,
  completion TINYINT(1) NOT NULL,
  identifier VARCHAR(128) NULL,
  average_frametime INT NOT NULL,
  PRIMARY KEY (scoreid, mod_mode)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS startups (
  id INT NOT NULL AUTO_INCREMENT,
  ver_major TINYINT NOT NULL,
  ver_minor TINYINT NOT NULL,
  ver_micro TINYINT NOT NULL,
  datetime DATETIME NOT NULL,
  PRIMARY KEY (id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS tourney_pools (
  id INT NOT NULL AUTO_INCREMENT,
  name VARCHAR(16) NOT NULL,
  created_at DATETIME NOT NULL,
  created_by INT NOT NULL,
  PRIMARY KEY (id),
  KEY tourney_pools_created_by_index (created_by)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

CREATE TABLE IF NOT EXISTS tourney_pool_maps (
  map_id INT NOT NULL,
  pool_id INT NOT NULL,
  mods INT NOT NULL,
  slot TINYINT NOT NULL,
  PRIMARY KEY (map_id, pool_id),
  KEY tourney_pool_maps_mods_slot_index (mods, slot),
  KEY tourney_pool_maps_pool_id_index (pool_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- The bot. Its password is no bcrypt hash at all, so none matches.
INSERT IGNORE INTO users (id, name, safe_name, email, priv, pw_bcrypt, country, creation_time, latest_activity)
VALUES (1, 'BanchoBot', 'banchobot', 'bot@localhost', 1,
        '----------------- no password opens this -------------------', 'ca', UNIX_TIMESTAMP(), UNIX_TIMESTAMP());

INSERT IGNORE INTO stats (id, mode) VALUES (1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (1, 8);

-- Who may read and write is told in the bits of users.priv.
INSERT IGNORE INTO channels (name, topic, read_priv, write_priv, auto_join) VALUES
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
  number INT NOT NULL,
  name VARCHAR(64) NOT NULL,
  applied_at BIGINT NOT NULL,
  PRIMARY KEY (number)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- Keys for this server's API. Of the secret only its SHA-256 is kept; times are Unix seconds.
CREATE TABLE IF NOT EXISTS api_keys (
  id INT NOT NULL AUTO_INCREMENT,
  name VARCHAR(64) NOT NULL,
  owner INT NOT NULL,
  secret_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  scopes VARCHAR(255) NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NULL,
  revoked_at BIGINT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY api_keys_secret_hash (secret_hash),
  KEY api_keys_owner (owner)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- History of multiplayer, as `python -m server record` writes it. Every time is in Unix milliseconds.

-- One lobby from its opening to its end. `id` is the match's public number; `slot` is the game server's own, which it
-- uses again. `ended_ms` is NULL while the match is open. `state` is what the recorder has to know to go on (JSON);
-- `due_ms` is when it has to look at the match again though nothing is said of it.
CREATE TABLE IF NOT EXISTS api_matches (
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
CREATE TABLE IF NOT EXISTS api_match_games (
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
CREATE TABLE IF NOT EXISTS api_match_scores (
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
CREATE TABLE IF NOT EXISTS api_match_events (
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
CREATE TABLE IF NOT EXISTS api_recorder (
  id INT NOT NULL,
  turn BIGINT NOT NULL,
  run_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  last_id VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  known_to VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  since_ms BIGINT NOT NULL,
  compare_ms BIGINT NULL,
  PRIMARY KEY (id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- What the operator's `.osu` files say, as `python -m server index-maps` reads them.

-- One file, by the md5 of its content. `reader` is the version of the reader: what an older one wrote is read anew.
-- A file that is no beatmap has `readable` 0 and says nothing. `hit_length` in seconds, `preview_time` in ms of the
-- song, -1 if the game chooses. `sliders` counts mania's holds too.
CREATE TABLE IF NOT EXISTS api_beatmap_files (
  md5 CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reader INT NOT NULL,
  readable TINYINT NOT NULL,
  artist_unicode VARCHAR(255) NULL,
  title_unicode VARCHAR(255) NULL,
  source VARCHAR(255) NULL,
  tags TEXT NULL,
  preview_time INT NULL,
  hit_length INT NULL,
  circles INT NULL,
  sliders INT NULL,
  spinners INT NULL,
  video TINYINT NULL,
  storyboard TINYINT NULL,
  PRIMARY KEY (md5)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- How difficult a file is in a ruleset (0-3) with mods, as a calculator says: `stars` NULL where it cannot say.
-- `aim` and `speed` are of osu! only.
CREATE TABLE IF NOT EXISTS api_difficulties (
  md5 CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  calculator VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  ruleset TINYINT NOT NULL,
  mods INT NOT NULL,
  stars DOUBLE NULL,
  aim DOUBLE NULL,
  speed DOUBLE NULL,
  max_combo INT NULL,
  PRIMARY KEY (md5, calculator, ruleset, mods)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- What scores add up to, as `python -m server follow` writes it.

-- The hits of all of a player's plays in a mode, failed ones too.
CREATE TABLE IF NOT EXISTS api_totals (
  user_id INT NOT NULL,
  mode TINYINT NOT NULL,
  n300 BIGINT NOT NULL,
  n100 BIGINT NOT NULL,
  n50 BIGINT NOT NULL,
  PRIMARY KEY (user_id, mode)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- Who is first on a beatmap in a mode, and with which score.
CREATE TABLE IF NOT EXISTS api_firsts (
  map_md5 CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  mode TINYINT NOT NULL,
  user_id INT NOT NULL,
  score_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (map_md5, mode),
  KEY api_firsts_user (user_id, mode, score_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- What players achieved. `kind`: rank (they came to `position` with `score_id`) or lost_first (somebody else's
-- `score_id` took the first place from them). `at_ms` is when it was played, in Unix milliseconds. `epic`: 1 to 32.
CREATE TABLE IF NOT EXISTS api_rank_events (
  id BIGINT NOT NULL AUTO_INCREMENT,
  user_id INT NOT NULL,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  score_id BIGINT UNSIGNED NOT NULL,
  map_md5 CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  mode TINYINT NOT NULL,
  position INT NOT NULL,
  grade VARCHAR(8) NOT NULL,
  epic TINYINT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY api_rank_events_once (score_id, kind, user_id),
  KEY api_rank_events_user (user_id, at_ms)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- The status each beatmap was last seen with, and when it was seen to be ranked, approved or loved; NULL where that
-- was before anybody looked.
CREATE TABLE IF NOT EXISTS api_map_statuses (
  map_id INT NOT NULL,
  status INT NOT NULL,
  approved_ms BIGINT NULL,
  PRIMARY KEY (map_id),
  KEY api_map_statuses_approved (approved_ms)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- The players whom `api_firsts` was made without, as they are hidden.
CREATE TABLE IF NOT EXISTS api_hidden (
  user_id INT NOT NULL,
  PRIMARY KEY (user_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- How far the follower is, in its only row. `turn` counts what it wrote, so that of two followers one writes.
-- `last_id` is the last score that is in these tables. Up to player `totals_to` and beatmap `boards_to` older scores
-- are in them too; NULL once all are.
CREATE TABLE IF NOT EXISTS api_follower (
  id INT NOT NULL,
  turn BIGINT NOT NULL,
  last_id BIGINT UNSIGNED NOT NULL,
  totals_to INT NULL,
  boards_to INT NULL,
  PRIMARY KEY (id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- What players' figures were, as `python -m server record` and the osu!track API write it.

-- A row only when something about the player has changed. `at_ms` in Unix milliseconds; silver grades do not count.
CREATE TABLE IF NOT EXISTS api_snapshots (
  user_id INT NOT NULL,
  mode TINYINT NOT NULL,
  at_ms BIGINT NOT NULL,
  count300 BIGINT NOT NULL,
  count100 BIGINT NOT NULL,
  count50 BIGINT NOT NULL,
  playcount INT UNSIGNED NOT NULL,
  ranked_score BIGINT UNSIGNED NOT NULL,
  total_score BIGINT UNSIGNED NOT NULL,
  pp_rank INT NOT NULL,
  country_rank INT NOT NULL,
  level DOUBLE NOT NULL,
  pp_raw DOUBLE NOT NULL,
  accuracy DOUBLE NOT NULL,
  count_rank_ss INT UNSIGNED NOT NULL,
  count_rank_s INT UNSIGNED NOT NULL,
  count_rank_a INT UNSIGNED NOT NULL,
  PRIMARY KEY (user_id, mode, at_ms)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- When somebody last looked at a player. Whoever writes snapshots of one writes this row first, so that of two who do
-- it at once the second sees what the first has written.
CREATE TABLE IF NOT EXISTS api_snapshot_checks (
  user_id INT NOT NULL,
  mode TINYINT NOT NULL,
  checked_ms BIGINT NOT NULL,
  PRIMARY KEY (user_id, mode)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- Plays as they were when they were first seen among a player's best: played at `score_ms`, recorded at `update_ms`.
CREATE TABLE IF NOT EXISTS api_top_plays (
  user_id INT NOT NULL,
  mode TINYINT NOT NULL,
  score_id BIGINT UNSIGNED NOT NULL,
  beatmap_id INT NOT NULL,
  score BIGINT NOT NULL,
  pp DOUBLE NOT NULL,
  mods INT NOT NULL,
  grade VARCHAR(8) NOT NULL,
  score_ms BIGINT NOT NULL,
  update_ms BIGINT NOT NULL,
  PRIMARY KEY (user_id, mode, score_id),
  KEY api_top_plays_pp (mode, pp DESC, score_ms, score_id),
  KEY api_top_plays_time (mode, score_ms, pp)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- The days whose ladders are kept. `day` counts from 1970-01-01 (UTC), `at_ms` is when they were made.
CREATE TABLE IF NOT EXISTS api_days (
  day INT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (day)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- How many players had how many pp on a day, in steps of 1,024 pp: `above` had more than the step, `packed` says of
-- each pp on it how many had it. `country` is empty for all the world.
CREATE TABLE IF NOT EXISTS api_ladders (
  mode TINYINT NOT NULL,
  country VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  step INT NOT NULL,
  day INT NOT NULL,
  above INT NOT NULL,
  packed TEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (mode, country, step, day)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- How far the snapshotter is, in its only row. `turn` counts what it wrote, so that of two one writes. Whoever has
-- played up to score `last_id` was looked at. `day` is the last whose round is done; `round_day` the one whose round is
-- under way, up to player `round_to`; NULL where none is.
CREATE TABLE IF NOT EXISTS api_snapshotter (
  id INT NOT NULL,
  turn BIGINT NOT NULL,
  last_id BIGINT UNSIGNED NOT NULL,
  day INT NOT NULL,
  round_day INT NULL,
  round_to INT NULL,
  PRIMARY KEY (id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
