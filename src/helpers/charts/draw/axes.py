"""What every drawing shares: the room of a row, bare axes."""

ROW = 0.38  # inches a bar or row takes


def bare(axes, *, left: bool = False) -> None:
    """Axes without frame or ticks; ``left`` keeps the vertical line."""
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_visible(left)
    axes.tick_params(length=0)
