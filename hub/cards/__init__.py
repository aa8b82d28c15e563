"""Contact cards: how members reach each other on duty, and which countries have somebody to reach."""
