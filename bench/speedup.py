"""A picture of speedups by threads, as SVG: one line per operation, and the straight one."""
import html

COLOURS = ["#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#ff8ab7", "#a463f2", "#97bbf5", "#9c6b4e", "#9498a0"]
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 720, 420, 50, 40, 170, 45


def picture(threads, lines, title):
    most = max(threads)
    x = lambda n: LEFT + (WIDTH - LEFT - RIGHT) * (n - 1) / max(most - 1, 1)
    y = lambda value: HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / most
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
           f'<text x="{LEFT}" y="22" font-size="15">Times as fast as one thread, {html.escape(title)}</text>']
    for n in threads:
        out.append(f'<line x1="{x(n):.1f}" y1="{y(0):.1f}" x2="{x(n):.1f}" y2="{y(most):.1f}" stroke="#eee"/>')
        out.append(f'<text x="{x(n):.1f}" y="{HEIGHT - 25}" text-anchor="middle">{n}</text>')
        out.append(f'<text x="{LEFT - 8}" y="{y(n) + 4:.1f}" text-anchor="end">{n}×</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 8}" text-anchor="middle">threads</text>')
    out.append(f'<line x1="{x(1):.1f}" y1="{y(1):.1f}" x2="{x(most):.1f}" y2="{y(most):.1f}" stroke="#bbb" stroke-dasharray="4 4"/>')
    ends = sorted(((values[-1], name) for name, values in lines.items()), reverse=True)
    label_at = {}
    at = TOP
    for value, name in ends:
        at = max(at, y(value))
        label_at[name] = at
        at += 15
    for i, (name, values) in enumerate(lines.items()):
        colour = COLOURS[i % len(COLOURS)]
        points = " ".join(f"{x(n):.1f},{y(value):.1f}" for n, value in zip(threads, values))
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out.append(f'<text x="{WIDTH - RIGHT + 10}" y="{label_at[name] + 4:.1f}" fill="{colour}">{html.escape(name)} {values[-1]:.2f}×</text>')
    return "\n".join(out + ["</svg>"]) + "\n"
