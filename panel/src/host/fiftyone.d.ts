/** The part of the App's API that the panel calls. `tests/app` exercises every declaration in the real App. */
declare module "@fiftyone/operators" {
  export interface PanelEventAnswer {
    result?: unknown;
    error?: string;
    errorMessage?: string;
  }
  export function useTriggerPanelEvent(): (
    uri: string,
    params: Record<string, unknown>,
    prompt: boolean,
    callback: (answer: PanelEventAnswer) => void,
  ) => void;
  export class OperatorConfig {
    constructor(options: { name: string; label: string; unlisted: boolean });
  }
  export class Operator {
    get config(): OperatorConfig;
    execute(ctx: { params: Record<string, unknown> }): Promise<void>;
  }
  export function registerOperator(operator: typeof Operator, plugin: string): void;
  export function executeOperator(uri: string, params: Record<string, unknown>): Promise<unknown>;
}

declare module "@fiftyone/plugins" {
  export const PluginComponentType: { readonly Component: number };
  export function registerComponent(registration: {
    name: string;
    label: string;
    component: unknown;
    type: number;
    activator: () => boolean;
  }): void;
}

declare module "@fiftyone/spaces" {
  export function usePanelStatePartial(
    key: string,
    initial: Record<string, unknown>,
  ): [Record<string, unknown>, (value: (old: Record<string, unknown> | undefined) => Record<string, unknown>) => void];
}

declare module "@fiftyone/state" {
  import type { RecoilValue } from "recoil";
  export const view: RecoilValue<unknown[]>;
  export const filters: RecoilValue<Record<string, unknown>>;
  /** Whether a sample is open. */
  export const isModalActive: RecoilValue<boolean>;
  export const selectedSamples: RecoilValue<Set<string> | Map<string, unknown>>;
  /** Missing in older versions. */
  export const selectedLabels: RecoilValue<readonly { labelId: string; sampleId: string; field: string }[]>;
  /** The slice of a grouped dataset that the grid shows; null for others. */
  export const groupSlice: RecoilValue<string | null>;
  export const readOnly: RecoilValue<boolean>;
}

declare module "recoil" {
  export interface RecoilValue<T> {
    readonly key: string;
    readonly type?: T;
  }
  export function useRecoilValue<T>(value: RecoilValue<T>): T;
  export function useSetRecoilState<T>(value: RecoilValue<T>): (next: T) => void;
}
