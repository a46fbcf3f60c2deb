import { encode } from "uqr";

/** A text as a QR code, drawn as one path. Dark on light in every theme: cameras expect it so. */
export function QrCode({ text, label, size = 224 }: { text: string; label: string; size?: number }) {
  const { data, size: modules } = encode(text, { ecc: "L", border: 4 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${modules} ${modules}`} width={size} height={size} shapeRendering="crispEdges" style={{ background: "#fff", maxWidth: "100%", height: "auto", forcedColorAdjust: "none" }}>
      <path d={path} fill="#000" />
    </svg>
  );
}
