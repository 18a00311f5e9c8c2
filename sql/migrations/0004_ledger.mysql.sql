-- What scores add up to, as `python -m server follow` writes it.

-- The hits of all of a player's plays in a mode, failed ones too.
CREATE TABLE IF NOT EXISTS {own}api_totals (
  user_id INT NOT NULL,
  mode TINYINT NOT NULL,
  n300 BIGINT NOT NULL,
  n100 BIGINT NOT NULL,
  n50 BIGINT NOT NULL,
  PRIMARY KEY (user_id, mode)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- Who is first on a beatmap in a mode, and with which score.
CREATE TABLE IF NOT EXISTS {own}api_firsts (
  map_md5 CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  mode TINYINT NOT NULL,
  user_id INT NOT NULL,
  score_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (map_md5, mode),
  KEY api_firsts_user (user_id, mode, score_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- What players achieved. `kind`: rank (they came to `position` with `score_id`) or lost_first (somebody else's
-- `score_id` took the first place from them). `at_ms` is when it was played, in Unix milliseconds. `epic`: 1 to 32.
CREATE TABLE IF NOT EXISTS {own}api_rank_events (
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
CREATE TABLE IF NOT EXISTS {own}api_map_statuses (
  map_id INT NOT NULL,
  status INT NOT NULL,
  approved_ms BIGINT NULL,
  PRIMARY KEY (map_id),
  KEY api_map_statuses_approved (approved_ms)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- The players whom `api_firsts` was made without, as they are hidden.
CREATE TABLE IF NOT EXISTS {own}api_hidden (
  user_id INT NOT NULL,
  PRIMARY KEY (user_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- How far the follower is, in its only row. `turn` counts what it wrote, so that of two followers one writes.
-- `last_id` is the last score that is in these tables. Up to player `totals_to` and beatmap `boards_to` older scores
-- are in them too; NULL once all are.
CREATE TABLE IF NOT EXISTS {own}api_follower (
  id INT NOT NULL,
  turn BIGINT NOT NULL,
  last_id BIGINT UNSIGNED NOT NULL,
  totals_to INT NULL,
  boards_to INT NULL,
  PRIMARY KEY (id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
