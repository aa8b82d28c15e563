"""Operations: each one's signed chain of members, channels, templates and epochs."""
