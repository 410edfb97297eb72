{{- define "thehub.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "thehub.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains (include "thehub.name" .) .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "thehub.name" .) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "thehub.selector" -}}
app.kubernetes.io/name: {{ include "thehub.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "thehub.labels" -}}
{{ include "thehub.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | trunc 63 | trimAll "-._" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "thehub.image" -}}
{{- $tag := .Values.image.tag | default .Chart.AppVersion -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}:{{ $tag }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ $tag }}
{{- end -}}
{{- end -}}

{{/* The manifest as text: a file that was given whole stays as it is, comments and all. */}}
{{- define "thehub.manifest" -}}
{{- if and (kindIs "string" .Values.manifest) (trim .Values.manifest) -}}
{{ .Values.manifest }}
{{- else if and (kindIs "map" .Values.manifest) .Values.manifest -}}
{{ toYaml .Values.manifest }}
{{- else -}}
cores:
  template:
    command: thehub-template-core
{{- end -}}
{{- end -}}

{{/*
A manifest that is none would start nothing. The pod is probed where clients come in, over plain HTTP: a hub that has its probes elsewhere would be
killed for it.
*/}}
{{- define "thehub.checkManifest" -}}
{{- $manifest := include "thehub.manifest" . | fromYaml -}}
{{- if hasKey $manifest "Error" -}}
{{- fail (printf "the manifest is no YAML map: %s" $manifest.Error) -}}
{{- end -}}
{{- $hub := $manifest.hub | default dict -}}
{{- range $key := list "admin_listen" "tls" -}}
{{- if hasKey $hub $key -}}
{{- fail (printf "hub.%s is in the manifest, but the kubelet probes the pod on port 3000 by plain HTTP: take it out; the ingress leads to the doors alone, and ends TLS" $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
How long the hub may take to end: preStop, the drain and a second for last words, the slowest Core's stop and two seconds until
a killed one is gone, and some seconds to spare. Whole seconds.
*/}}
{{- define "thehub.gracePeriod" -}}
{{- if not (kindIs "invalid" .Values.terminationGracePeriodSeconds) -}}
{{ .Values.terminationGracePeriodSeconds | int }}
{{- else -}}
{{- $manifest := include "thehub.manifest" . | fromYaml -}}
{{- $hub := $manifest.hub | default dict -}}
{{- $drain := 4000 -}}
{{- if hasKey $hub "drain_timeout_ms" -}}{{- $drain = $hub.drain_timeout_ms | int -}}{{- end -}}
{{- $stop := 5000 -}}
{{- range $core := $manifest.cores -}}
{{- $health := $core.health | default dict -}}
{{- if hasKey $health "stop_timeout_ms" -}}{{- $stop = max $stop ($health.stop_timeout_ms | int) -}}{{- end -}}
{{- end -}}
{{ add .Values.preStopSeconds (divf (add $drain $stop) 1000 | ceil | int) 10 }}
{{- end -}}
{{- end -}}

{{- define "thehub.tokenSecret" -}}
{{ .Values.token.existingSecret | default (printf "%s-token" (include "thehub.fullname" .)) }}
{{- end -}}

{{- define "thehub.coreSecrets" -}}
{{ .Values.secrets.existingSecret | default (printf "%s-secrets" (include "thehub.fullname" .)) }}
{{- end -}}
