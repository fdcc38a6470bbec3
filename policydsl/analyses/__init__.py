"""Questions asked about policies, answered with verdicts."""
