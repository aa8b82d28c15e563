"""When somebody was last here: what reminders, the coverage board and the block of sleeping accounts rest on."""
