"""What people look at: a run as one page, as a network file and as tables for other tools."""
