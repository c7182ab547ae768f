// One line a provider.
export { alibabaEci } from './alibaba-eci.js';
export { alibabaAcs } from './alibaba-acs.js';
export { tencentSupernode } from './tencent-supernode.js';
export { azureAci } from './azure-aci.js';
export { azureVn2 } from './azure-vn2.js';
export { awsFargate } from './aws-fargate.js';
export { huaweiCci } from './huawei-cci.js';
export { volcengineVci } from './volcengine-vci.js';
export { ociVirtualNode } from './oci-virtual-node.js';
export { liqo } from './liqo.js';
export { kwok } from './kwok.js';
export { virtualKubelet } from './virtual-kubelet.js';
