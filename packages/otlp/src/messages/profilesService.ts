// SPDX-License-Identifier: Apache-2.0
// Made from proto/profiles_service.proto by generate.mjs: change that file, not this one.
import type { MessageType } from './messageType.ts';
import {
  OTLP_PROFILES_DICTIONARY,
  OTLP_RESOURCE_PROFILES,
  type OtlpProfilesDictionary,
  type OtlpResourceProfiles,
} from './profiles.ts';

export interface OtlpExportProfilesServiceRequest {
  resourceProfiles: OtlpResourceProfiles[];
  dictionary: OtlpProfilesDictionary | undefined;
}

export const OTLP_EXPORT_PROFILES_SERVICE_REQUEST: MessageType<OtlpExportProfilesServiceRequest> = {
  name: 'opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest',
  fields: [
    ['resourceProfiles', 1, () => OTLP_RESOURCE_PROFILES, 'list'],
    ['dictionary', 2, () => OTLP_PROFILES_DICTIONARY, 'one'],
  ],
};

export interface OtlpExportProfilesServiceResponse {
  partialSuccess: OtlpExportProfilesPartialSuccess | undefined;
}

export const OTLP_EXPORT_PROFILES_SERVICE_RESPONSE: MessageType<OtlpExportProfilesServiceResponse> =
  {
    name: 'opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceResponse',
    fields: [['partialSuccess', 1, () => OTLP_EXPORT_PROFILES_PARTIAL_SUCCESS, 'one']],
  };

export interface OtlpExportProfilesPartialSuccess {
  rejectedProfiles: bigint;
  errorMessage: string;
}

export const OTLP_EXPORT_PROFILES_PARTIAL_SUCCESS: MessageType<OtlpExportProfilesPartialSuccess> = {
  name: 'opentelemetry.proto.collector.profiles.v1development.ExportProfilesPartialSuccess',
  fields: [
    ['rejectedProfiles', 1, 'int64', 'one'],
    ['errorMessage', 2, 'string', 'one'],
  ],
};
