"""Text to tree and back; the only floor that imports lark."""
