"""Verdicts and findings as text for people and for machines; pure."""
