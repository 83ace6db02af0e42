// The words of the page where checks are written, in Chinese: a part of zh.ts.

import type { Words } from './en.ts';

export const zhEditor: Pick<Words, 'editor'> = {
  editor: {
    newCheck: '新建检查',
    copyOf: (name) => `${name} 的副本`,
    editCopy: '编辑副本',
    startAnew: '重新开始',
    kind: '类型',
    usual: '默认',
    onlyText: '字段无法显示，请看 YAML',
    unread: '表单无法对应此文本；文本仍会被校验。',
    comments: '在表单中修改会重写文本，注释不会保留。',
    secrets: '机密不会被复制：请把每处 <secret> 写成 ${env:NAME}。',
    where:
      '不会替您写入文件：请复制到 `holdfast.yaml` 并提交；运行中的 Holdfast 会在保存后重新读取。',
    line: (line) => `第 ${line} 行`,
    faults: (count) => `${count} 处错误`,
    valid: (count) => `有效：${count} 项检查`,
    trial: '试运行',
    tryOnce: '试运行一次',
    trialHint: '由探测器测量一次，不保留。',
    fields: {
      name: '名称',
      target: '目标',
      interval: '间隔',
      timeout: '时限',
      method: '方法',
      recordType: '记录类型',
      packets: '数据包数',
      service: '服务',
      banner: '等待问候',
      'expect.status': '状态码',
      'expect.body.contains': '正文包含',
      'expect.certificateDays': '证书天数',
      'expect.versionMin': 'TLS 最低版本',
      'expect.banner': '问候匹配',
      'expect.rcode': '响应码',
      'expect.answer': '应答匹配',
      'expect.loss': '最大丢包',
      'expect.rtt': '最大往返',
      'expect.code': '状态码',
      'expect.serving': '健康',
      'expect.that': '规则（CEL）',
    },
  },
};
