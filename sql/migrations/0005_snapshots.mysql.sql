-- What players' figures were, as `python -m server record` and the osu!track API write it.

-- A row only when something about the player has changed. `at_ms` in Unix milliseconds; silver grades do not count.
CREATE TABLE IF NOT EXISTS {own}api_snapshots (
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
CREATE TABLE IF NOT EXISTS {own}api_snapshot_checks (
  user_id INT NOT NULL,
  mode TINYINT NOT NULL,
  checked_ms BIGINT NOT NULL,
  PRIMARY KEY (user_id, mode)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- Plays as they were when they were first seen among a player's best: played at `score_ms`, recorded at `update_ms`.
CREATE TABLE IF NOT EXISTS {own}api_top_plays (
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
CREATE TABLE IF NOT EXISTS {own}api_days (
  day INT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (day)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- How many players had how many pp on a day, in steps of 1,024 pp: `above` had more than the step, `packed` says of
-- each pp on it how many had it. `country` is empty for all the world.
CREATE TABLE IF NOT EXISTS {own}api_ladders (
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
CREATE TABLE IF NOT EXISTS {own}api_snapshotter (
  id INT NOT NULL,
  turn BIGINT NOT NULL,
  last_id BIGINT UNSIGNED NOT NULL,
  day INT NOT NULL,
  round_day INT NULL,
  round_to INT NULL,
  PRIMARY KEY (id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
