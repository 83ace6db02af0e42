// The words of what single kinds of probe saw, and of comparing two results, in Chinese: a part of zh.ts.

import type { Words } from './en.ts';

export const zhEvidence: Pick<Words, 'evidence' | 'comparison'> = {
  evidence: {
    fingerprint: 'SHA-256 指纹',
    revocation: '装订应答（OCSP）',
    notStapled: '未发送',
    unbelieved: '不可信',
    handshake: '握手',
    marks: {
      certificate_received: '收到证书',
      keys_agreed: '密钥商定',
      chain_verified: '证书链验证',
    },
    resolution: '域名解析路径',
    signed: '签名有效',
    unsigned: '未签名',
    tries: '先前的尝试',
    decided: (count) => `以第 ${count} 次为准`,
    addresses: '每个地址',
    failedOf: (bad, all) => (bad === 0 ? `${all} 个全部应答` : `${all} 个中 ${bad} 个失败`),
    packets: '数据包',
    returned: (count, sent) => `${sent} 个中返回 ${count} 个`,
    lost: '丢失',
    jitter: '抖动',
    dialogue: '对话',
    didNotHold: '不符',
    grpcStatus: 'gRPC 状态',
    serving: '健康',
    messages: (count) => `${count} 条消息`,
  },
  comparison: {
    title: '对比',
    choose: '对比对象',
    lastGood: '上一次正常',
    end: '结束对比',
    noGood: '此前没有保留正常结果。',
    this: '本次',
    other: '对照',
    same: '没有不同之处。',
    differ: (count) => `${count} 处不同`,
    slower: (by) => `多 ${by}`,
    faster: (by) => `少 ${by}`,
    fact: '事实',
  },
};
