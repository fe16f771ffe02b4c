"""read: the trained reader marks sources, cues, contents and mentions of actors."""

from collections.abc import Sequence
from typing import ClassVar, cast

from models.backends import load_with
from models.checkpoints import Checkpoint
from models.inference import FoundSpan, read_texts
from models.labels import MentionKind, SpanLabel
from models.scoring import ReaderScorer
from pipeline.records import Article, Mention, ReadArticle, SplitArticle, TaggedSpan, grow
from pipeline.stages.base import StageOptions
from pipeline.stages.model_options import ModelOptions


class _Options(ModelOptions):
    checkpoint: str = "reader"


class ModelReader:
    consumes: ClassVar[type[Article]] = SplitArticle
    produces: ClassVar[type[Article]] = ReadArticle
    Options: ClassVar[type[StageOptions]] = _Options

    def __init__(self, options: _Options) -> None:
        self.options = options
        self.checkpoints: dict[str, Checkpoint] = {}

    def setup(self) -> None:
        """Loads the checkpoint.

        Raises:
            CheckpointError: it is missing, truncated or no reader.
            BackendError: the backend gives other labels than torch.
        """
        self.checkpoints = {"reader": load_with(self.options.checkpoint, ReaderScorer, self.options.backend)}

    def process(self, batch: Sequence[SplitArticle]) -> list[ReadArticle]:
        texts = [
            (article.clean_text, [(span.start, span.end) for span in article.paragraphs]) for article in batch
        ]
        found = read_texts(self.checkpoints["reader"], texts)
        return [
            grow(
                ReadArticle,
                article,
                mentions=tuple(_mention(article, span) for span in read.mentions),
                tagged=tuple(_tagged(span) for span in read.spans),
            )
            for article, read in zip(batch, found, strict=True)
        ]


def _tagged(span: FoundSpan) -> TaggedSpan:
    return TaggedSpan(span.start, span.end, label=cast(SpanLabel, span.label), score=span.score)


def _mention(article: SplitArticle, span: FoundSpan) -> Mention:
    text = article.clean_text[span.start : span.end]
    return Mention(span.start, span.end, text=text, kind=cast(MentionKind, span.label), score=span.score)
