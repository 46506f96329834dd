import { getWebhookUrl } from './emulator.ts';
import { getReviewUrl } from '#local/emulators/eks-endpoint.ts';
import type { Settings } from '#local/settings.ts';

/** The address that reviews the tokens of EKS: the started emulator, or the EKS endpoint beside another one. */
export const getTokenReviewUrl = (settings: Settings): string =>
  settings.hasOwnEmulator ? getWebhookUrl(settings) : getReviewUrl(settings);
