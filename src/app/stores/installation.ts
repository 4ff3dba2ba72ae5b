/** What the browser keeps of the program: whether it opens without a network, and its versions. */
import { create } from 'zustand';

export interface Installation {
  /** Every file is kept on this machine. */
  readonly worksOffline: boolean;
  /** A newer version than the page's is kept too, and can be used after a reload. */
  readonly hasUpdate: boolean;
  /** Whether the notice of the newer version was put away. */
  readonly isPutOff: boolean;
}

export const useInstallation = create<Installation>()(() => ({
  worksOffline: false,
  hasUpdate: false,
  isPutOff: false,
}));
