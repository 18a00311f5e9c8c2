"""What is happening now: Redis or Valkey to domain. Imports the domain only."""
