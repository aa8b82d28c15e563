"""Who may do what: an actor, the adopted matrix, and the guard in front of every route."""
