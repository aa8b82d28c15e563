"""PostgreSQL: where it runs, how it is reached, which migrations it has; the rooms above write their own SQL."""
