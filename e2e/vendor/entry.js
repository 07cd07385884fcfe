// What the charts use of Observable Plot, file by file: its index names every
// mark, also those that build.mjs leaves out.
export { plot } from "./node_modules/@observablehq/plot/src/plot.js";
export { areaY } from "./node_modules/@observablehq/plot/src/marks/area.js";
export { axisX, axisY, gridX, gridY } from "./node_modules/@observablehq/plot/src/marks/axis.js";
export { dot } from "./node_modules/@observablehq/plot/src/marks/dot.js";
export { lineY } from "./node_modules/@observablehq/plot/src/marks/line.js";
export { rect } from "./node_modules/@observablehq/plot/src/marks/rect.js";
export { ruleX, ruleY } from "./node_modules/@observablehq/plot/src/marks/rule.js";
