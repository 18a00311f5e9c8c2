"""How facts are fetched: SQL text and row to domain. Imports the domain only."""
