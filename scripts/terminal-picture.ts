// A terminal's output as an SVG picture: the text itself, with the colours and weights its escape codes ask for.

interface Style {
  readonly bold: boolean;
  readonly dim: boolean;
  readonly colour: string | undefined;
}

interface Run extends Style {
  readonly text: string;
}

const plain: Style = { bold: false, dim: false, colour: undefined };
const colours: Readonly<Record<string, string>> = {
  "31": "#ff7b72",
  "32": "#7ee787",
  "33": "#e3b341",
  "34": "#79c0ff",
  "35": "#d2a8ff",
  "36": "#76e3ea",
};

const fontSize = 14;
const charWidth = 8.4;
const lineHeight = 20;
const padding = 16;

/** `command` is what was typed; `output` is what the terminal received, wrapped here at `columns` as a terminal does. */
export function terminalPicture(command: string, output: string, columns: number): string {
  const typed: Run[] = [
    { ...plain, text: "$ ", dim: true },
    { ...plain, text: command, bold: true },
  ];
  const rows = [typed, ...rowsOf(output, columns)];
  const width = Math.ceil(columns * charWidth + 2 * padding);
  const height = rows.length * lineHeight + 2 * padding;
  const lines = rows.map((runs, row) => svgLine(runs, padding + (row + 1) * lineHeight - 6));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<title>${escaped(command)}</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${fontSize}" fill="#e6edf3">
${lines.filter((line) => line !== "").join("\n")}
</g>
</svg>
`;
}

/** Each run is stretched to its columns, so that the picture is the same whatever monospace font there is. */
function svgLine(runs: readonly Run[], y: number): string {
  let column = 0;
  const spans = runs.map(({ text, bold, dim, colour }) => {
    // Blanks at the ends and in a row would collapse: the first are left out, the others do not break.
    const x = padding + (column + [...text].length - [...text.trimStart()].length) * charWidth;
    const shown = text.trim().replaceAll("  ", "\u00a0\u00a0");
    column += [...text].length;
    if (shown === "") return "";
    const style = [
      bold ? ' font-weight="bold"' : "",
      dim ? ' fill-opacity="0.6"' : "",
      colour === undefined ? "" : ` fill="${colour}"`,
    ];
    return `<text x="${round(x)}" y="${y}" textLength="${round([...shown].length * charWidth)}"${style.join("")}>${escaped(shown)}</text>`;
  });
  return spans.join("");
}

function rowsOf(output: string, columns: number): Run[][] {
  const rows: Run[][] = [];
  let style = plain;
  for (const line of output.replaceAll("\r", "").trimEnd().split("\n")) {
    let row: Run[] = [];
    let used = 0;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
    for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
      if (part.startsWith("\x1b[")) {
        style = styleAfter(style, part.slice(2, -1));
        continue;
      }
      for (let rest = [...part]; rest.length > 0; ) {
        const text = rest.splice(0, columns - used).join("");
        row.push({ ...style, text });
        used += [...text].length;
        if (used < columns || rest.length === 0) continue;
        rows.push(row);
        row = [];
        used = 0;
      }
    }
    rows.push(row);
  }
  return rows;
}

function styleAfter(style: Style, codes: string): Style {
  let next = style;
  for (const code of codes.split(";")) {
    if (code === "0" || code === "") next = plain;
    else if (code === "1") next = { ...next, bold: true };
    else if (code === "2") next = { ...next, dim: true };
    else if (code === "22") next = { ...next, bold: false, dim: false };
    else if (code === "39") next = { ...next, colour: undefined };
    else next = { ...next, colour: colours[code] ?? next.colour };
  }
  return next;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
