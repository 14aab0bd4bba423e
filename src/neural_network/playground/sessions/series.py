"""A curve that grows without end in bounded memory: where it has too many points, every second one is left out."""


class Series:
    """Points (step, value) of rising steps, at most `most` of them; the distance between steps doubles as needed."""

    def __init__(self, most: int = 1000) -> None:  # about as many as the page's chart has pixels
        self._most, self.stride = most, 1
        self._points: list[tuple[int, float]] = []

    def add(self, step: int, value: float) -> None:
        """Append a point, if it is one of those that are kept."""
        if len(self._points) >= self._most:
            self.stride *= 2
            self._points = [point for point in self._points if point[0] % self.stride == 0]
        if step % self.stride == 0:
            self._points.append((step, value))

    def after(self, step: int) -> list[tuple[int, float]]:
        """Return the points of later steps."""
        points = self._points
        low, high = 0, len(points)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if points[middle][0] <= step else (low, middle)
        return points[low:]

    def until(self, step: int) -> "Series":
        """Return a copy without the points after `step`."""
        series = Series(self._most)
        series.stride, series._points = self.stride, [point for point in self._points if point[0] <= step]
        return series
