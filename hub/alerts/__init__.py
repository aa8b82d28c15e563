"""Alerts: the rules that the hub can hold an alert to without reading it."""
