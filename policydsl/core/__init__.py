"""The semantic core: expressions and transition systems, typed and total, without syntax."""
