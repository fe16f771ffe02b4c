"""The table of stages: for each step of the chain, the implementations that a config can name.

A config may also name its own class as ``package.module:Class``.
"""

# Import paths rather than classes, so that reading a config does not import torch.
STAGES: dict[str, dict[str, str]] = {
    "clean": {"rules": "pipeline.stages.clean:RuleCleaner"},
    "split": {"nupunkt": "pipeline.stages.split:NupunktSplitter"},
    "read": {"model": "pipeline.stages.read:ModelReader"},
    "attribute": {"spans": "pipeline.stages.attribute:SpanAttributor"},
    "resolve": {"tables": "pipeline.stages.resolve:TableResolver"},
    "stance": {"model": "pipeline.stages.stance:ModelStance"},
}
