package dev.kindred.app.report;

import java.util.List;

/** Puts together a page: text is escaped, nothing is loaded. Not thread-safe. */
final class Html {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --page: #fcfcfb; --ink: #1b1b1a; --muted: #62615d;
        --rule: #e3e2de; --s0: #2a78d6; --s1: #d9591f; --s2: #1c8f6a; --s3: #8c8a84; }
      @media (prefers-color-scheme: dark) { :root { --page: #191918; --ink: #f2f1ee;
        --muted: #a9a7a0; --rule: #383734; --s0: #5b9ce8; --s1: #ee8350; --s2: #46b993;
        --s3: #97958e; } }
      body { margin: 0 auto; max-width: 1080px; padding: 24px 20px 64px; background: var(--page);
        color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
      h1 { font-size: 24px; margin: 0 0 4px; }
      h2 { font-size: 18px; margin: 40px 0 4px; }
      h3 { font-size: 14px; margin: 16px 0 4px; }
      p { margin: 4px 0 12px; color: var(--muted); max-width: 76ch; }
      p.warning { color: var(--ink); border-left: 4px solid var(--s1); padding: 4px 12px; }
      .scroll { overflow-x: auto; }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 8px 0; }
      th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid var(--rule); text-align: right;
        white-space: nowrap; }
      th { font-weight: 600; color: var(--muted); }
      th:first-child, td:first-child { text-align: left; }
      .plots { display: flex; flex-wrap: wrap; gap: 16px 28px; }
      figure { margin: 0; }
      figcaption { font-size: 13px; font-weight: 600; }
      svg { max-width: 100%; height: auto; display: block; }
      svg text { font: 12px system-ui, sans-serif; fill: var(--muted); }
      svg text.value { fill: var(--ink); }
      .end { text-anchor: end; } .mid { text-anchor: middle; }
      .grid { stroke: var(--rule); } .axis { stroke: var(--muted); }
      .reference { stroke: var(--muted); stroke-dasharray: 4 4; }
      .whisker { stroke: var(--ink); stroke-width: 2; }
      .line { fill: none; stroke-width: 2; }
      .line.s0 { stroke: var(--s0); } .line.s1 { stroke: var(--s1); }
      .line.s2 { stroke: var(--s2); } .line.s3 { stroke: var(--s3); }
      .dot.s0, .fill.s0 { fill: var(--s0); } .dot.s1, .fill.s1 { fill: var(--s1); }
      .dot.s2, .fill.s2 { fill: var(--s2); } .dot.s3, .fill.s3 { fill: var(--s3); }
      .area { fill-opacity: .22; stroke-width: 1.5; }
      .area.s0 { fill: var(--s0); stroke: var(--s0); }
      .area.s3 { fill: var(--s3); stroke: var(--s3); }
      .key { display: inline-block; width: 10px; height: 10px; border-radius: 2px;
        margin: 0 4px 0 12px; }
      .key.s0 { background: var(--s0); } .key.s3 { background: var(--s3); }
      """;

  private final StringBuilder body = new StringBuilder();
  private final String title;

  Html(String title) {
    this.title = title;
    body.append("<h1>").append(text(title)).append("</h1>\n");
  }

  /** Characters that mean something in HTML, written out. */
  static String text(String plain) {
    return plain
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  Html heading(String words) {
    body.append("<h2>").append(text(words)).append("</h2>\n");
    return this;
  }

  Html subheading(String words) {
    body.append("<h3>").append(text(words)).append("</h3>\n");
    return this;
  }

  Html paragraph(String words) {
    body.append("<p>").append(text(words)).append("</p>\n");
    return this;
  }

  Html warning(String words) {
    body.append("<p class=\"warning\">").append(text(words)).append("</p>\n");
    return this;
  }

  /** A legend of two series, {@code s0} and {@code s3}. */
  Html legend(String first, String second) {
    body.append("<p><span class=\"key s0\"></span>").append(text(first));
    body.append("<span class=\"key s3\"></span>").append(text(second)).append("</p>\n");
    return this;
  }

  /** A table; the first row holds the headings. */
  Html table(List<List<String>> rows) {
    body.append("<div class=\"scroll\"><table>\n");
    for (int r = 0; r < rows.size(); r++) {
      String cell = r == 0 ? "th" : "td";
      body.append("<tr>");
      for (String content : rows.get(r)) {
        body.append('<').append(cell).append('>').append(text(content));
        body.append("</").append(cell).append('>');
      }
      body.append("</tr>\n");
    }
    body.append("</table></div>\n");
    return this;
  }

  Html beginPlots() {
    body.append("<div class=\"plots\">\n");
    return this;
  }

  Html plot(String caption, String svg) {
    body.append("<figure><figcaption>").append(text(caption)).append("</figcaption>");
    body.append(svg).append("</figure>\n");
    return this;
  }

  Html endPlots() {
    body.append("</div>\n");
    return this;
  }

  @Override
  public String toString() {
    return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
        + text(title)
        + "</title>\n<style>\n"
        + STYLE
        + "</style>\n</head>\n<body>\n"
        + body
        + "</body>\n</html>\n";
  }
}
