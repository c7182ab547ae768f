{{- define "tidegate.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 53 | trimSuffix "-" -}}
{{- end -}}

{{- define "tidegate.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "tidegate.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "tidegate.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* All labels of an object: (list $ "webhook" .extra); the component may be "", the extra left out. The first wins. */}}
{{- define "tidegate.labels" -}}
{{- $root := index . 0 -}}
{{- $identity := dict "app.kubernetes.io/name" (include "tidegate.name" $root) "app.kubernetes.io/instance" $root.Release.Name -}}
{{- with index . 1 -}}
{{- $_ := set $identity "app.kubernetes.io/component" . -}}
{{- end -}}
{{- $chart := dict "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_") "app.kubernetes.io/version" $root.Chart.AppVersion "app.kubernetes.io/managed-by" $root.Release.Service -}}
{{- $extra := dict -}}
{{- if gt (len .) 2 -}}
{{- $extra = default dict (index . 2) -}}
{{- end -}}
{{- toYaml (merge $identity (deepCopy $extra) (deepCopy $root.Values.commonLabels) $chart) -}}
{{- end -}}

{{/* Of one component: (list $ "webhook") */}}
{{- define "tidegate.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "tidegate.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "tidegate.component" -}}
{{ printf "%s-%s" (include "tidegate.fullname" (index . 0)) (index . 1) }}
{{- end -}}

{{- define "tidegate.serviceAccount" -}}
{{- $account := (index (index . 0).Values (index . 1)).serviceAccount -}}
{{- if $account.create -}}
{{- default (include "tidegate.component" .) $account.name -}}
{{- else -}}
{{- default "default" $account.name -}}
{{- end -}}
{{- end -}}

{{- define "tidegate.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{- printf "%s@%s" .repository .digest -}}
{{- else -}}
{{- printf "%s:%s" .repository (default $.Chart.AppVersion .tag) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "tidegate.servingSecret" -}}
{{- if eq .Values.certificates.source "secret" -}}
{{- required "certificates.secretName: expected the name of a Secret, because certificates.source is secret" .Values.certificates.secretName -}}
{{- else -}}
{{- printf "%s-webhook-tls" (include "tidegate.fullname" .) -}}
{{- end -}}
{{- end -}}

{{- define "tidegate.authoritySecret" -}}
{{- printf "%s-webhook-ca" (include "tidegate.fullname" .) -}}
{{- end -}}

{{/* Our own pods on no virtual node: they serve those that make them. */}}
{{- define "tidegate.affinity" -}}
nodeAffinity:
  requiredDuringSchedulingIgnoredDuringExecution:
    nodeSelectorTerms:
      - matchExpressions:
          - {key: type, operator: NotIn, values: [virtual-kubelet]}
          - {key: kubernetes.io/os, operator: In, values: [linux]}
          - {key: node.kubernetes.io/instance-type, operator: NotIn, values: [eklet]}
          - {key: eks.amazonaws.com/compute-type, operator: NotIn, values: [fargate]}
          - {key: virtualization, operator: NotIn, values: [virtualnode2]}
          - {key: node-role.kubernetes.io/virtual-node, operator: DoesNotExist}
{{- end -}}

{{- define "tidegate.spread" -}}
{{- $selector := include "tidegate.selector" . -}}
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- maxSkew: 1
  topologyKey: {{ . }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- $selector | nindent 6 }}
{{- end }}
{{- end -}}

{{/* What the pods of all Deployments have in common: (list $ "webhook") */}}
{{- define "tidegate.podSpec" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- $values := index $root.Values $component -}}
serviceAccountName: {{ include "tidegate.serviceAccount" . }}
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml $root.Values.podSecurityContext | nindent 2 }}
{{- with $values.priorityClassName | default (ternary (include "tidegate.fullname" $root) "" $root.Values.priorityClass.create) }}
priorityClassName: {{ . }}
{{- end }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
affinity:
  {{- if $values.affinity }}
  {{- toYaml $values.affinity | nindent 2 }}
  {{- else }}
  {{- include "tidegate.affinity" . | nindent 2 }}
  {{- end }}
topologySpreadConstraints:
  {{- if $values.topologySpreadConstraints }}
  {{- toYaml $values.topologySpreadConstraints | nindent 2 }}
  {{- else }}
  {{- include "tidegate.spread" . | trim | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "tidegate.probes" -}}
startupProbe:
  httpGet: {path: /healthz, port: ops}
  {{- toYaml .startupProbe | nindent 2 }}
livenessProbe:
  httpGet: {path: /healthz, port: ops}
  {{- toYaml .livenessProbe | nindent 2 }}
readinessProbe:
  httpGet: {path: /readyz, port: ops}
  {{- toYaml .readinessProbe | nindent 2 }}
{{- end -}}

{{/* Of the webhook's Deployment. On the host's network a new pod finds no port while the old one is there. */}}
{{- define "tidegate.strategy" -}}
type: {{ .strategy.type }}
{{- if eq .strategy.type "RollingUpdate" }}
{{- $rolling := dict "maxUnavailable" (ternary 1 0 .hostNetwork) "maxSurge" (ternary 0 1 .hostNetwork) }}
{{- range $field, $value := .strategy.rollingUpdate }}
{{- $_ := set $rolling $field $value }}
{{- end }}
{{- if not (regexMatch "[1-9]" (print $rolling.maxUnavailable $rolling.maxSurge)) }}
{{- fail "webhook.strategy.rollingUpdate: expected a maxUnavailable or a maxSurge above 0" }}
{{- end }}
rollingUpdate:
  {{- toYaml $rolling | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Of a duration as 1h30m. */}}
{{- define "tidegate.seconds" -}}
{{- $sum := 0 -}}
{{- $units := dict "h" 3600 "m" 60 "s" 1 -}}
{{- range regexFindAll "[0-9]+[hms]" . -1 -}}
{{- $sum = add $sum (mul (regexFind "[0-9]+" . | atoi) (get $units (regexFind "[hms]" .))) -}}
{{- end -}}
{{- $sum -}}
{{- end -}}

{{/* YAML 1.1 takes an unquoted on for true. */}}
{{- define "tidegate.adoption" -}}
{{- $mode := .Values.controllers.adoption.mode -}}
{{- if kindIs "bool" $mode -}}{{ ternary "on" "off" $mode }}{{- else -}}{{ $mode }}{{- end -}}
{{- end -}}

{{- define "tidegate.logConfigsNamespace" -}}
{{- default .Release.Namespace .Values.controllers.logConfigs.namespace -}}
{{- end -}}
