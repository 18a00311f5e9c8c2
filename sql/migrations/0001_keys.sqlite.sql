-- Which of these migrations have been applied. Number 0 is the creation of bancho.py's tables on an empty database;
-- its applied_at is 0 while that is under way.
CREATE TABLE IF NOT EXISTS {own}api_migrations (
  number INTEGER PRIMARY KEY,
  name VARCHAR(64) NOT NULL,
  applied_at INTEGER NOT NULL
);

-- Keys for this server's API. Of the secret only its SHA-256 is kept; times are Unix seconds.
CREATE TABLE IF NOT EXISTS {own}api_keys (
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
