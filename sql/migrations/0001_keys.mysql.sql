-- Which of these migrations have been applied. Number 0 is the creation of bancho.py's tables on an empty database;
-- its applied_at is 0 while that is under way.
CREATE TABLE IF NOT EXISTS {own}api_migrations (
  number INT NOT NULL,
  name VARCHAR(64) NOT NULL,
  applied_at BIGINT NOT NULL,
  PRIMARY KEY (number)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;

-- Keys for this server's API. Of the secret only its SHA-256 is kept; times are Unix seconds.
CREATE TABLE IF NOT EXISTS {own}api_keys (
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
