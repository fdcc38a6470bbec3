"""Engines: what holds in every history, what fails and how, with evidence that is re-checked before it leaves."""
