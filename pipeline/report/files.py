"""The files that `stancewire report` writes, by name: a run that takes another's place removes them with it."""

PAGE = "report.html"
GRAPHML = "network.graphml"
NODES = "nodes.csv"
EDGES = "edges.csv"
AGREEMENT = "agreement.csv"
REPORT_FILES = (PAGE, GRAPHML, NODES, EDGES, AGREEMENT)
