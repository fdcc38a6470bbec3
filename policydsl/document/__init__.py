"""A source document beside its transcription: its outline, and which clauses stand for which of its sentences."""
