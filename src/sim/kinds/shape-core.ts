/**
 * What the type tables of @kubernetes/client-node do not say about core/v1 and meta/v1: one line a type, one word a
 * field. Source: the Go types and OpenAPI extensions of Kubernetes 1.36 (staging/src/k8s.io/api, api/openapi-spec).
 *
 *   name?            a pointer to a scalar: a zero value (`""`, 0, false) is kept; other zero values are not written
 *   name!            always written, with its zero value where it is absent (no `omitempty`)
 *   name{}           a struct that is always written
 *   name#            a quantity, or a map or list of them
 *   name[a,b]        a list merged by these keys; the first one is the strategic merge key too
 *   name[a]^         the same for server-side apply; strategic merge replaces it
 *   name[]           a set; `[]*`: strategic merge adds to it
 *   name~a           atomic for server-side apply, merged by this key by strategic merge
 *   name+            strategic merge keeps only the keys that the patch names (`retainKeys`)
 *   name=            a map or struct that changes as a whole; `=` alone: the type itself does
 *   name%            the opposite, where the type is atomic
 *
 * A list that is not named is atomic.
 */
export const coreShapes: Readonly<Record<string, string>> = {
  V1ObjectMeta: 'deletionGracePeriodSeconds? finalizers[]* ownerReferences[uid]',
  V1OwnerReference: '= blockOwnerDeletion? controller? name! uid!',
  V1LabelSelector: '=',
  V1LabelSelectorRequirement: 'key! operator!',
  V1Condition: 'message! reason! status! type!',
  V1DeleteOptions: 'gracePeriodSeconds? orphanDependents? propagationPolicy?',
  V1Preconditions: 'uid? resourceVersion?',

  V1Namespace: 'spec{} status{}',
  V1NamespaceStatus: 'conditions[type]',
  V1NamespaceCondition: 'status! type!',

  V1Node: 'spec{} status{}',
  V1NodeSpec: 'podCIDRs[]*',
  V1Taint: 'effect! key!',
  V1NodeStatus: 'addresses[type] allocatable# capacity# conditions[type] daemonEndpoints{} nodeInfo{}',
  V1NodeAddress: 'address! type!',
  V1NodeCondition: 'status! type!',
  V1NodeDaemonEndpoints: 'kubeletEndpoint{}',
  V1DaemonEndpoint: 'Port!',
  V1NodeFeatures: 'supplementalGroupsPolicy?',
  V1ContainerImage: 'names!',
  V1NodeSystemInfo:
    'architecture! bootID! containerRuntimeVersion! kernelVersion! kubeProxyVersion! kubeletVersion! machineID! operatingSystem! osImage! systemUUID!',
  V1NodeSwapStatus: 'capacity?',
  V1NodeRuntimeHandler: 'name!',
  V1NodeRuntimeHandlerFeatures: 'recursiveReadOnlyMounts? userNamespaces?',
  V1AttachedVolume: 'devicePath! name!',

  V1Pod: 'spec{} status{}',
  V1PodTemplate: 'template{}',
  V1PodTemplateSpec: 'metadata{} spec{}',
  V1PodSpec:
    'activeDeadlineSeconds? automountServiceAccountToken? containers[name]! enableServiceLinks? ephemeralContainers[name] hostAliases[ip] hostUsers? hostnameOverride? imagePullSecrets[name] initContainers[name] nodeSelector= overhead# preemptionPolicy? priority? resourceClaims[name]+ runtimeClassName? schedulingGates[name] setHostnameAsFQDN? shareProcessNamespace? terminationGracePeriodSeconds? topologySpreadConstraints[topologyKey,whenUnsatisfiable] volumes[name]+',
  V1PreferredSchedulingTerm: 'preference{} weight!',
  V1NodeSelector: '= nodeSelectorTerms!',
  V1NodeSelectorTerm: '=',
  V1NodeSelectorRequirement: 'key! operator!',
  V1WeightedPodAffinityTerm: 'podAffinityTerm{} weight!',
  V1PodAffinityTerm: 'topologyKey!',
  V1Toleration: 'tolerationSeconds?',
  V1TopologySpreadConstraint:
    'maxSkew! minDomains? nodeAffinityPolicy? nodeTaintsPolicy? topologyKey! whenUnsatisfiable!',
  V1PodSchedulingGate: 'name!',
  V1PodSchedulingGroup: 'podGroupName?',
  V1PodReadinessGate: 'conditionType!',
  V1PodOS: 'name!',
  V1PodDNSConfigOption: 'value?',
  V1HostAlias: 'ip!',
  V1PodResourceClaim: 'name! resourceClaimName? resourceClaimTemplateName?',
  V1PodSecurityContext:
    'fsGroup? fsGroupChangePolicy? runAsGroup? runAsNonRoot? runAsUser? seLinuxChangePolicy? supplementalGroupsPolicy?',
  V1SeccompProfile: 'localhostProfile? type!',
  V1AppArmorProfile: 'localhostProfile? type!',
  V1WindowsSecurityContextOptions: 'gmsaCredentialSpec? gmsaCredentialSpecName? hostProcess? runAsUserName?',
  V1Sysctl: 'name! value!',
  V1LocalObjectReference: '=',
  V1ObjectReference: '=',
  V1TypedLocalObjectReference: '= apiGroup? name!',
  V1TypedObjectReference: 'apiGroup? name! namespace?',
  V1SecretReference: '=',

  V1Container:
    'env[name] name! ports[containerPort,protocol] resources{} restartPolicy? volumeDevices[devicePath] volumeMounts[mountPath]',
  V1EphemeralContainer:
    'env[name] name! ports[containerPort,protocol] resources{} restartPolicy? volumeDevices[devicePath] volumeMounts[mountPath]',
  V1ContainerPort: 'containerPort!',
  V1ContainerResizePolicy: 'resourceName! restartPolicy!',
  V1ContainerRestartRuleOnExitCodes: 'values[]',
  V1ResourceRequirements: 'claims[name]^ limits# requests#',
  V1VolumeResourceRequirements: 'limits# requests#',
  CoreV1ResourceClaim: 'name!',
  V1EnvVar: 'name!',
  V1ConfigMapKeySelector: '= key! optional?',
  V1SecretKeySelector: '= key! optional?',
  V1FileKeySelector: '= key! optional? path! volumeName!',
  V1ObjectFieldSelector: '= fieldPath!',
  V1ResourceFieldSelector: '= divisor# resource!',
  V1ConfigMapEnvSource: 'optional?',
  V1SecretEnvSource: 'optional?',
  V1Lifecycle: 'stopSignal?',
  V1HTTPGetAction: 'port!',
  V1HTTPHeader: 'name! value!',
  V1TCPSocketAction: 'port!',
  V1GRPCAction: 'port! service?',
  V1SleepAction: 'seconds!',
  V1Probe: 'terminationGracePeriodSeconds?',
  V1SecurityContext:
    'allowPrivilegeEscalation? privileged? procMount? readOnlyRootFilesystem? runAsGroup? runAsNonRoot? runAsUser?',
  V1VolumeDevice: 'devicePath! name!',
  V1VolumeMount: 'mountPath! mountPropagation? name! recursiveReadOnly?',
  V1Volume: 'name!',
  V1ConfigMapVolumeSource: 'defaultMode? optional?',
  V1SecretVolumeSource: 'defaultMode? optional?',
  V1KeyToPath: 'key! mode? path!',
  V1CSIVolumeSource: 'driver! fsType? readOnly?',
  V1DownwardAPIVolumeSource: 'defaultMode?',
  V1DownwardAPIVolumeFile: 'mode? path!',
  V1EmptyDirVolumeSource: 'sizeLimit#',
  V1HostPathVolumeSource: 'path! type?',
  V1NFSVolumeSource: 'path! server!',
  V1PersistentVolumeClaimVolumeSource: 'claimName!',
  V1PersistentVolumeClaimTemplate: 'metadata{} spec{}',
  V1ProjectedVolumeSource: 'defaultMode? sources!',
  V1ConfigMapProjection: 'optional?',
  V1SecretProjection: 'optional?',
  V1ServiceAccountTokenProjection: 'expirationSeconds? path!',
  V1ClusterTrustBundleProjection: 'name? optional? path! signerName?',

  V1PodStatus: 'allocatedResources# conditions[type] hostIPs~ip podIPs[ip] resourceClaimStatuses[name]+',
  V1PodCondition: 'status! type!',
  V1PodIP: 'ip!',
  V1HostIP: 'ip!',
  V1ContainerStatus:
    'allocatedResources# allocatedResourcesStatus[name] image! imageID! lastState{} name! ready! restartCount! started? state{} stopSignal? volumeMounts[mountPath]',
  V1ContainerStateTerminated: 'exitCode!',

  V1Service: 'spec{} status{}',
  V1ServiceSpec:
    'allocateLoadBalancerNodePorts? internalTrafficPolicy? ipFamilyPolicy? loadBalancerClass? ports[port,protocol] selector= trafficDistribution?',
  V1ServicePort: 'appProtocol? port!',
  V1ClientIPConfig: 'timeoutSeconds?',
  V1ServiceStatus: 'conditions[type] loadBalancer{}',
  V1LoadBalancerIngress: 'ipMode?',
  V1PortStatus: 'error? port! protocol!',
  V1EndpointAddress: '= ip! nodeName?',
  CoreV1EndpointPort: '= appProtocol? port!',

  V1ConfigMap: 'immutable?',
  V1Secret: 'immutable?',
  V1ServiceAccount: 'automountServiceAccountToken? secrets[name]',
  CoreV1Event: 'involvedObject{} reportingComponent! reportingInstance! source{}',
  V1Binding: 'target{}',
  V1ReplicationController: 'spec{} status{}',
  V1ReplicationControllerSpec: 'replicas? selector=',
  V1ReplicationControllerStatus: 'conditions[type] replicas!',

  V1PersistentVolume: 'spec{} status{}',
  V1PersistentVolumeSpec: 'capacity# claimRef% volumeAttributesClassName? volumeMode?',
  V1LocalVolumeSource: 'fsType? path!',
  V1CSIPersistentVolumeSource: 'driver! volumeHandle!',
  V1PersistentVolumeClaim: 'spec{} status{}',
  V1PersistentVolumeClaimSpec: 'resources{} storageClassName? volumeAttributesClassName? volumeMode?',
  V1PersistentVolumeClaimStatus:
    'allocatedResources# capacity# conditions[type] currentVolumeAttributesClassName?',
  V1PersistentVolumeClaimCondition: 'status! type!',
};
