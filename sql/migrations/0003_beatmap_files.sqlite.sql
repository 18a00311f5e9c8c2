-- What the operator's `.osu` files say, as `python -m server index-maps` reads them.

-- One file, by the md5 of its content. `reader` is the version of the reader: what an older one wrote is read anew.
-- A file that is no beatmap has `readable` 0 and says nothing. `hit_length` in seconds, `preview_time` in ms of the
-- song, -1 if the game chooses. `sliders` counts mania's holds too.
CREATE TABLE IF NOT EXISTS {own}api_beatmap_files (
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
CREATE TABLE IF NOT EXISTS {own}api_difficulties (
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
