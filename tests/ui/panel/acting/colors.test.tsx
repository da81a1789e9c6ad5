import { describe, expect, it } from "vitest";
import { ON_DANGER } from "../../../../panel/src/components/widgets/theme";

describe("the colors of buttons", () => {
  const channel = (value: number) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = (hex: string) => [1, 3, 5].map((at) => channel(Number.parseInt(hex.slice(at, at + 2), 16) / 255)).reduce((sum, value, k) => sum + value * ([0.2126, 0.7152, 0.0722][k] ?? 0), 0);
  const contrast = (a: string, b: string) => {
    const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((one, other) => other - one);
    return (high + 0.05) / (low + 0.05);
  };

  it("of deletions can be read: at least 4.5 to 1", () => {
    expect(contrast("#ffffff", "#d32f2f")).toBeCloseTo(4.98, 1);
    expect(contrast("#ffffff", ON_DANGER.bgcolor)).toBeGreaterThan(4.5);
    expect(contrast("#ffffff", ON_DANGER["&:hover"].bgcolor)).toBeGreaterThan(4.5);
  });
});
