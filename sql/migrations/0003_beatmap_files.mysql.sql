-- What the operator's `.osu` files say, as `python -m server index-maps` reads them.

-- One file, by the md5 of its content. `reader` is the version of the reader: what an older one wrote is read anew.
-- A file that is no beatmap has `readable` 0 and says nothing. `hit_length` in seconds, `preview_time` in ms of the
-- song, -1 if the game chooses. `sliders` counts mania's holds too.
CREATE TABLE IF NOT EXISTS {own}api_beatmap_files (
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
CREATE TABLE IF NOT EXISTS {own}api_difficulties (
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
