"""How time and memory grow, drawn as an SVG that is legible on light and on dark. Standard library only."""
from math import floor, log10

WIDTH, HEIGHT = 784, 330
GREY, COLOURS = "#757575", ("#2f7de1", "#d9730d")


class Panel:
    """One diagram with two logarithmic axes."""

    def __init__(self, left, width, points, title, unit, colour):
        self.left, self.top, self.width, self.height = left, 46, width, 222
        self.points, self.title, self.unit, self.colour = points, title, unit, colour
        self.x = self._range([x for x, _ in points])
        self.y = self._range([y for _, y in points])

    @staticmethod
    def _range(values):
        """The powers of ten around some values."""
        low, high = floor(log10(min(values))), floor(log10(max(values)))
        return low, high + (10**high < max(values))

    def at(self, x, y):
        """Where a point lies on the drawing."""
        across = (log10(x) - self.x[0]) / max(1, self.x[1] - self.x[0])
        up = (log10(y) - self.y[0]) / max(1, self.y[1] - self.y[0])
        return self.left + across * self.width, self.top + (1 - up) * self.height

    def lines(self):
        """Yields the elements of the diagram."""
        right, bottom = self.left + self.width, self.top + self.height
        yield text(self.left - 40, 24, self.title, "start", 14, self.colour, bold=True)
        for power in range(self.y[0], self.y[1] + 1):
            _, y = self.at(10**self.x[0], 10**power)
            yield line(self.left, y, right, y)
            yield text(self.left - 8, y + 4, number(10**power), "end")
        for power in range(self.x[0], self.x[1] + 1):
            x, _ = self.at(10**power, 10**self.y[0])
            yield line(x, self.top, x, bottom)
            yield text(x, bottom + 18, number(10**power), "middle")
        yield text((self.left + right) / 2, bottom + 40, "tracks", "middle")
        yield (f'<text transform="translate({self.left - 52:.0f} {(self.top + bottom) / 2:.0f}) rotate(-90)" '
               f'text-anchor="middle" fill="{GREY}">{self.unit}</text>')
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (self.at(*point) for point in self.points))
        yield f'<polyline points="{path}" fill="none" stroke="{self.colour}" stroke-width="2.5"/>'
        for index, point in enumerate(self.points):
            x, y = self.at(*point)
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{self.colour}"/>'
            if index in (0, len(self.points) - 1):
                end = "start" if index == 0 else "end"
                value = point[1]
                label = f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 10 else f"{value:,.0f}"
                yield text(x + (4 if index == 0 else -8), y - 9, label, end, 12, self.colour, bold=True)


def number(value):
    """A power of ten as people write it."""
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def line(x1, y1, x2, y2):
    """A line of the grid."""
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{GREY}" '
            'stroke-opacity="0.3"/>')


def text(x, y, words, anchor, size=12, colour=GREY, bold=False):
    """Some words."""
    weight = ' font-weight="600"' if bold else ""
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"{weight} fill="{colour}">'
            f'{words}</text>')


def growth(points):
    """The drawing, of (tracks, seconds, megabytes)."""
    panels = [
        Panel(76, 280, [(n, seconds) for n, seconds, _ in points], "Time to a complete plan", "seconds", COLOURS[0]),
        Panel(456, 280, [(n, memory) for n, _, memory in points], "Memory at its peak", "megabytes", COLOURS[1])]
    body = "\n".join(element for panel in panels for element in panel.lines())
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
            f'font-family="-apple-system, Helvetica, Arial, sans-serif" font-size="12" role="img" '
            f'aria-label="Time and memory of the planner by the number of tracks, on logarithmic axes">\n'
            f"{body}\n</svg>\n")
