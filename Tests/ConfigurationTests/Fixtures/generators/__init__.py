"""Cases and their evaluation, one module per file in expected/."""
