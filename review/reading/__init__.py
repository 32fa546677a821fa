"""From what `pulumi preview` printed to the model."""

from review.reading.preview import PreviewNotReadError, read_preview

__all__ = ["PreviewNotReadError", "read_preview"]
