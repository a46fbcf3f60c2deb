import type { Commands } from "../bindings/commands";
import type { World } from "./world";

/** One function for each command; what it throws is the error of the command. */
export type Handlers = {
  [K in keyof Commands]: (world: World, request: Commands[K]["request"]) => Commands[K]["answer"];
};
